import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { add, begin, EMPTY } from '../../src/mail/queue.ts';
import { Spool, spoolPath } from '../../src/mail/spool.ts';

function place(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-spool-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'state', 'mail-queue.json');
}

const waiting = add(EMPTY, { time: 1, lines: ['Uplink A: up --> down'] });
const { queue: underWay = EMPTY } = begin(waiting, 'x') ?? {};

describe('the spool', () => {
  test('gives back what it was given', async (context) => {
    const path = place(context);
    for (const queue of [waiting, add(underWay, { time: 2, lines: ['"é\u2028'] }), EMPTY]) {
      await new Spool(path).save(queue);
      assert.deepEqual(new Spool(path).load(), queue);
    }
  });

  test('is empty at first', (context) => assert.deepEqual(new Spool(place(context)).load(), EMPTY));

  test('is its owner’s alone, and leaves nothing else behind', async (context) => {
    const path = place(context);
    await new Spool(path).save(waiting);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dirname(path)), ['mail-queue.json']);
  });

  test('keeps the order of what is saved side by side', async (context) => {
    const spool = new Spool(place(context));
    await Promise.all([spool.save(waiting), spool.save(underWay), spool.save(EMPTY), spool.save(waiting)]);
    assert.deepEqual(spool.load(), waiting);
  });

  test('does not care for a file that a crash has left half written', async (context) => {
    const path = place(context);
    await new Spool(path).save(waiting);
    writeFileSync(`${path}.new`, '{"waiting": [');
    assert.deepEqual(new Spool(path).load(), waiting);
    await new Spool(path).save(EMPTY);
    assert.deepEqual(new Spool(path).load(), EMPTY);
  });

  test('does not take anything for a queue', (context) => {
    const path = place(context);
    mkdirSync(dirname(path));
    for (const text of ['', '{', '[]', '{"waiting":[{"time":"x","lines":[]}],"dropped":0}']) {
      writeFileSync(path, text);
      assert.throws(() => new Spool(path).load(), text);
    }
  });

  test('works again after a failure', async (context) => {
    const path = place(context);
    writeFileSync(dirname(path), 'a file where the directory should be');
    const spool = new Spool(path);
    await assert.rejects(spool.save(waiting), /EEXIST|ENOTDIR/);
    rmSync(dirname(path));
    await spool.save(waiting);
    assert.deepEqual(spool.load(), waiting);
  });

  test('keeps the old queue when the disk is full', (context) => {
    const path = place(context);
    mkdirSync(dirname(path));
    const program = `
      const { Spool } = await import(${JSON.stringify(new URL('../../src/mail/spool.js', import.meta.url))});
      const spool = new Spool(${JSON.stringify(path)});
      const queue = (length) => ({ waiting: [{ time: 1, lines: ['x'.repeat(length)] }], dropped: 0 });
      await spool.save(queue(1));
      const error = await spool.save(queue(2 ** 20)).catch(({ code }) => code);
      console.log(error, spool.load().waiting[0].lines[0]);`;
    const mount = `mount -t tmpfs -o size=64k none "${dirname(path)}" && exec "$@"`;
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', mount, 'sh', process.execPath, '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    assert.deepEqual([stdout, stderr], ['ENOSPC x\n', '']);
  });

  test('stands where systemd says', () => {
    assert.equal(spoolPath({ STATE_DIRECTORY: '/var/lib/x' }), '/var/lib/x/mail-queue.json');
    assert.equal(spoolPath({}), '/var/lib/fault-tolerant-router/mail-queue.json');
  });
});
