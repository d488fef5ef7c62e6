import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { countByWay, monotonic } from '../support/exchange.ts';
import { devicesOf, readPolicy } from './policy.ts';
import { fresh, lost, Site } from './site.ts';

/** Two lines in the first group, a PPP link in the second. */
async function build(t: TestContext): Promise<Site> {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }, { name: 'ppp0', kind: 'ppp' }]);
  Object.assign(site.settings.uplinks[2] ?? {}, { priority_group: 2 });
  await site.start();
  return site;
}

test('the second group carries while the whole first one is dead', async (t) => {
  const site = await build(t);
  const connections = site.connect();
  assert.deepEqual([...countByWay(await connections.next(60)).keys()].toSorted(), [
    '198.18.10.2',
    '198.18.11.2',
  ]);
  await site.tells([/Uplink eth1 is down/, /Uplink eth2 is down/], () => {
    site.internet.impair('eth1', 'beyond');
    site.internet.unplug('eth2');
  });
  const fled = monotonic();
  assert.deepEqual(devicesOf(site.router, site.balancing), ['ppp0']);
  assert.deepEqual([...countByWay(await fresh(connections, 40)).keys()], ['198.18.12.2']);
  await site.tells(/Uplink eth2 is up/, () => site.internet.plug('eth2'));
  assert.deepEqual([...countByWay(await fresh(connections, 40)).keys()], ['198.18.11.2']);
  assert.deepEqual(lost(await connections.stop(), fled), []);
});

test('when nothing works the last routes stay, and the first line that works is taken', async (t) => {
  const site = await build(t);
  const names = ['eth1', 'eth2', 'ppp0'];
  await site.tells(/Uplink ppp0 is down/, () => site.internet.impair('ppp0', 'beyond'));
  await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  const before = readPolicy(site.router);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'silent'));
  assert.deepEqual(readPolicy(site.router), before);
  await site.tells(/Uplink ppp0 is up/, () => site.internet.mend('ppp0'));
  assert.deepEqual(devicesOf(site.router, site.balancing), ['ppp0']);
  await site.tells([/Uplink eth1 is up/, /Uplink eth2 is up/], () =>
    names.forEach((name) => site.internet.mend(name)),
  );
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'eth2']);
});

test('all interfaces set down and up again are all taken again', async (t) => {
  const site = await build(t);
  const before = readPolicy(site.router);
  const names = ['eth1', 'eth2', 'ppp0'];
  await site.tells(
    names.map((name) => new RegExp(`Uplink ${name} is down`)),
    () => names.forEach((name) => site.internet.setLink(name, 'down')),
  );
  await site.tells(
    names.map((name) => new RegExp(`Uplink ${name} is up`)),
    () => names.forEach((name) => site.internet.setLink(name, 'up')),
  );
  assert.deepEqual(readPolicy(site.router), before);
});
