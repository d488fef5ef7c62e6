import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { Laboratory, openNamespaces } from './namespace.ts';
import { transcribe, until } from './waiting.ts';

test('links, settings, rules and programs live in their namespace', async () => {
  const laboratory = new Laboratory();
  try {
    const { near, far } = laboratory.namespaces('near', 'far');
    laboratory.ip([`link add name left netns ${near.name} type veth peer name right netns ${far.name}`]);
    near.sysctl({ 'net/ipv4/ip_forward': 1 });
    near.nft('table ip laboratory { }');
    near.ip(['link set left up', 'addr add 198.18.0.1/24 dev left']);
    assert.match(near.show('link show left').join(), / left@/);
    assert.match(far.show('link show right').join(), / right@/);
    assert.equal(near.exec(['cat', '/proc/sys/net/ipv4/ip_forward']), '1\n');
    assert.equal(far.exec(['cat', '/proc/sys/net/ipv4/ip_forward']), '0\n');
    assert.match(near.exec(['nft', 'list', 'tables']), /laboratory/);
    assert.equal(far.exec(['nft', 'list', 'tables']), '');
  } finally {
    await laboratory.close();
  }
});

test('what ip and nft refuse is thrown with their words', async () => {
  const laboratory = new Laboratory();
  try {
    const { only } = laboratory.namespaces('only');
    assert.throws(() => only.ip(['link set nowhere up']), /Cannot find device "nowhere"/);
    assert.throws(() => only.nft('nonsense'), /syntax error/);
  } finally {
    await laboratory.close();
  }
});

test('closing kills a program that has only just been started, and deletes every namespace', async () => {
  const laboratory = new Laboratory();
  const { only } = laboratory.namespaces('only');
  const program = only.spawn(['sleep', '1000'], 'ignore');
  await laboratory.close();
  assert.equal(program.signalCode, 'SIGKILL');
  assert.deepEqual(openNamespaces(), []);
});

test('closing kills what a program has started', async () => {
  const laboratory = new Laboratory();
  const { only } = laboratory.namespaces('only');
  const shell = only.spawn(['sh', '-c', 'sleep 1000 & echo $!; wait']);
  const pid = await transcribe([shell.stdout as Readable], Number).until(() => true, { within: 5000 });
  assert.ok(isRunning(pid));
  await laboratory.close();
  assert.ok(!isRunning(pid));
});

test('a process that is killed leaves no namespace and no program', async () => {
  const script = `
    import { Laboratory } from ${JSON.stringify(new URL('namespace.js', import.meta.url).href)};
    const { only } = new Laboratory().namespaces('only');
    only.spawn(['sh', '-c', 'echo $$; exec sleep 1000'], 'inherit');`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await transcribe([owner.stdout], Number).until(() => true, { within: 10_000 });
  assert.equal(openNamespaces(owner.pid).length, 1);
  assert.ok(isRunning(pid));
  owner.kill('SIGKILL');
  await until(() => openNamespaces(owner.pid).length === 0, 5000);
  await until(() => !isRunning(pid), 5000);
});

/**
 * Whether a process lives; one that only waits for its parent to take notice of its end has no program any
 * more.
 */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
