import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { deleteConnections } from '../../src/netlink/conntrack.ts';

function conntrack(...args: string[]): string {
  return execFileSync('conntrack', args, { encoding: 'utf8', stdio: 'pipe' });
}

function insert(family: 4 | 6, port: number, mark: number): void {
  const [source, destination] =
    family === 4 ? ['198.18.0.2', '198.19.0.1'] : ['2001:db8::2', '2001:db8:ffff::1'];
  const tuple = ['-s', source, '-d', destination, '--sport', String(port), '--dport', '53'];
  conntrack('-I', '-p', 'udp', ...tuple, '-t', '1000', '-m', String(mark));
}

/** The marks that connections have, as hexadecimal numbers behind the family. */
function marks(): string[] {
  return ([4, 6] as const).flatMap((family) => {
    const found = conntrack('-L', '-f', `ipv${family}`).matchAll(/ mark=(\d+)/g);
    return [...found].map(([, mark]) => `${family}: ${Number(mark).toString(16)}`).toSorted();
  });
}

test('connections are forgotten by family, mark and mask, and no others', async () => {
  conntrack('-F');
  let port = 1000;
  for (const mark of [0, 1, 2, 0x1_0001, 0xffff_ffff]) {
    insert(4, port, mark);
    insert(6, port, mark);
    insert(4, 1000 + port++, mark);
  }
  const all = marks();
  await deleteConnections({ family: 4, value: 1, mask: 0xffff_ffff });
  assert.deepEqual(
    marks(),
    all.filter((mark) => mark !== '4: 1'),
  );
  await deleteConnections({ family: 6, value: 1, mask: 0xff });
  assert.deepEqual(
    marks(),
    all.filter((mark) => !['4: 1', '6: 1', '6: 10001'].includes(mark)),
  );
  await deleteConnections({ family: 4, value: 0, mask: 0xff });
  assert.ok(!marks().includes('4: 0') && marks().includes('6: 0'));
});

test('that there is none with a mark is no error', async () => {
  await deleteConnections({ family: 4, value: 77, mask: 0xffff_ffff });
});
