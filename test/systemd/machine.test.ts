import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Laboratory } from '../support/namespace.ts';
import { installed } from './installation.ts';
import { Machine } from './machine.ts';

test('a machine has a systemd and the program, and leaves nothing behind', async (t) => {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { host } = laboratory.namespaces('host');
  const machine = await Machine.boot(t, host, [installed()]);
  assert.equal((await machine.exec('systemctl is-system-running')).trim(), 'running');
  assert.equal(await machine.exec('cat /proc/1/comm'), 'systemd\n');
  assert.match(await machine.exec('fault_tolerant_router --version'), /^fault_tolerant_router \d/);
  assert.deepEqual(await machine.run('echo out; echo err >&2; exit 3'), {
    status: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  machine.write('/etc/ftr-try', 'here');
  assert.equal(await machine.exec('cat /etc/ftr-try; ls -A /sys/class/net'), 'herelo\n');
  assert.ok(!existsSync('/etc/ftr-try'));
  const root = machine.path('/');
  await machine.powerOff();
  assert.ok(!existsSync(root));
});
