import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lost } from '../kernel/site.ts';
import { bootRouter, UNIT } from './router.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

test('a service that has started routes, and says so', async (t) => {
  const { site, machine } = await bootRouter(t, lines);
  await machine.exec(`systemctl start ${UNIT}`);
  assert.deepEqual(lost(await site.connect().take(40)), []);
  const status = await machine.exec(`systemctl show --property=StatusText --value ${UNIT}`);
  assert.equal(status, '2 of 2 uplinks work; eth1 50 %, eth2 50 %\n');
});

test('the unit is without fault, and closed to what it does not need', async (t) => {
  const { machine } = await bootRouter(t, lines);
  assert.deepEqual(await machine.run(`systemd-analyze verify --recursive-errors=yes ${UNIT}`), {
    status: 0,
    stdout: '',
    stderr: '',
  });
  await machine.exec(`systemd-analyze security --offline=yes --threshold=17 ${UNIT}`);
});
