import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devicesOf } from '../kernel/policy.ts';
import { PATIENCE } from '../kernel/site.ts';
import { until } from '../support/waiting.ts';
import { bootRouter, UNIT } from './router.ts';

test('what an administrator has said lives through a restart of the service, and not through its stop', async (t) => {
  const { site, machine } = await bootRouter(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const carriers = () => devicesOf(site.router, site.balancing);
  await machine.exec(`systemctl start ${UNIT}`);
  await machine.exec('until fault_tolerant_router force eth1 down; do sleep 0.1; done');
  assert.deepEqual(carriers(), ['eth2']);

  await machine.exec(`systemctl restart ${UNIT}`);
  assert.deepEqual(carriers(), ['eth2']);
  await machine.exec(`systemctl kill --signal=KILL ${UNIT}`);
  await machine.exec(
    `until [ "$(systemctl show --property=NRestarts --value ${UNIT})" = 1 ]; do sleep 0.1; done`,
  );
  await machine.exec(`until systemctl is-active --quiet ${UNIT}; do sleep 0.1; done`);
  assert.deepEqual(carriers(), ['eth2']);

  await machine.exec(`systemctl stop ${UNIT}`);
  await machine.exec(`systemctl start ${UNIT}`);
  // It carried nothing before the start, and has to be tested first.
  await until(() => carriers().length === 2, PATIENCE);
});
