import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const setUp = `
  ip link set lo up
  ip address add 198.18.0.1/32 dev lo
  ip address add 198.18.0.2/32 dev lo
  ip address add 2001:db8::1/128 dev lo
  ip address add 2001:db8::2/128 dev lo
  exec "$@"`;

test('over a raw socket: the tests of loopback.js, in a network namespace of their own', () => {
  const tests = fileURLToPath(new URL('loopback.js', import.meta.url));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // else they report to our runner, past us
  const command = ['--net', 'sh', '-ec', setUp, 'sh', process.execPath, '--test-reporter=tap', tests];
  const run = spawnSync('unshare', command, { env, encoding: 'utf8', timeout: 30_000 });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /^# pass [1-9]/m);
});
