import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay } from '../support/exchange.ts';
import { until } from '../support/waiting.ts';
import { devicesOf, readPolicy, readTable } from './policy.ts';
import { fresh, lost, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'ppp0', kind: 'ppp' }] as const;

test('rules and routes follow the address and the peer of a PPP link', async (t) => {
  const site = await Site.open(t, lines);
  const connections = site.connect();
  await connections.next(20);
  await site.tells(/Uplink ppp0 is down: there is no interface ppp0/, () => site.internet.hangUp('ppp0'));
  assert.equal(lost(await fresh(connections, 40)).length, 0);
  await site.tells(/Uplink ppp0 is up/, () =>
    site.internet.dial('ppp0', { address: '198.18.11.77', gateway: '198.18.11.99' }),
  );
  assert.match(
    readTable(site.router, 2)[0] ?? '',
    /^default via 198\.18\.11\.99 dev ppp0 .*src 198\.18\.11\.77/,
  );
  assert.ok(site.router.show('rule show').includes('40001:\tfrom 198.18.11.77 lookup 2 proto 70'));
  assert.ok(!site.router.show('rule show').some((rule) => rule.includes('198.18.11.2 ')));
  const ways = countByWay(await fresh(connections, 60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.77']);
});

test('a peer that changes on the standing interface is followed', async (t) => {
  const site = await Site.open(t, lines);
  site.internet.provider.ip(['addr add 198.18.11.99 peer 198.18.11.2 dev ppp0']);
  site.router.ip([
    'addr del 198.18.11.2 peer 198.18.11.1 dev ppp0',
    'addr add 198.18.11.2 peer 198.18.11.99 dev ppp0',
  ]);
  const leads = (table: number) =>
    readTable(site.router, table)[0]?.includes('via 198.18.11.99 dev ppp0') === true;
  await until(() => leads(2) && leads(3), 2000);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'ppp0']);
  assert.deepEqual(lost(await site.connect().take(40)), []);
});

test('a PPP link that hangs up and is back with the same address has its routes again', async (t) => {
  const site = await Site.build(t, lines);
  // No check comes to help: the kernel's events alone tell of it.
  site.settings.tests.interval = 60;
  await site.start();
  const before = readPolicy(site.router);
  await site.tells(/Uplink ppp0 is up/, async () => {
    await site.internet.hangUp('ppp0');
    await site.internet.dial('ppp0');
  });
  assert.deepEqual(readPolicy(site.router), before);
});

test('a PPP link that is absent at the start does not stand in the way, and joins later', async (t) => {
  const site = await Site.build(t, lines);
  await site.internet.hangUp('ppp0');
  await site.start();
  assert.ok(
    site.daemon.log.entries.some((line) => line.includes('Uplink ppp0 is down: there is no interface ppp0')),
  );
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1']);
  const connections = site.connect();
  assert.equal(lost(await connections.next(40)).length, 0);
  await site.tells(/Uplink ppp0 is up/, () => site.internet.dial('ppp0'));
  const ways = countByWay(await fresh(connections, 60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);
  assert.deepEqual(lost(await connections.stop()), []);
});

test('two PPP links with the same peer are two ways', async (t) => {
  const peer = '198.18.99.1';
  const site = await Site.open(t, [
    { name: 'ppp0', kind: 'ppp', gateway: peer },
    { name: 'ppp1', kind: 'ppp', gateway: peer },
  ]);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['ppp0', 'ppp1']);
  assert.match(readTable(site.router, 1)[0] ?? '', / dev ppp0 /);
  assert.match(readTable(site.router, 2)[0] ?? '', / dev ppp1 /);
  const connections = site.connect();
  const ways = countByWay(await connections.next(60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);
  await site.tells(/Uplink ppp0 is down/, () => site.internet.impair('ppp0', 'beyond'));
  assert.deepEqual([...countByWay(await fresh(connections, 40)).keys()], ['198.18.11.2']);
});

test('an interface without a peer is no PPP link, and harms nobody', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const [first] = site.settings.uplinks;
  site.settings.uplinks = [
    first as (typeof site.settings.uplinks)[number],
    { interface: 'eth2', description: 'eth2', type: 'ppp', priority_group: 1 },
  ];
  await site.start();
  await site.daemon.log.until(
    (line) => line.includes('Uplink eth2 is down: eth2 has no peer: it is not a point-to-point link'),
    { within: 1000 },
  );
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1']);
  assert.deepEqual(lost(await site.connect().take(40)), []);
});
