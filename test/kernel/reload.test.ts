import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay, monotonic } from '../support/exchange.ts';
import { devicesOf, readPolicy, readTable } from './policy.ts';
import { flowsBy, fresh, lost, type Settings, Site } from './site.ts';

const IN_FORCE = /Configuration of .* is in force/;

/** Hands the daemon another configuration and waits for its answer. */
function reload(site: Site, configuration: object | string, answer: RegExp): Promise<string[]> {
  return site.tells(answer, () => {
    site.daemon.configure(configuration);
    site.daemon.signal('SIGHUP');
  });
}

/** Inodes of the raw sockets in the router: the daemon's probes. */
function probeSockets(site: Site): string[] {
  const [, ...sockets] = site.router.exec(['cat', '/proc/net/raw']).trim().split('\n');
  return sockets.map((line) => line.trim().split(/\s+/)[9] ?? '').toSorted();
}

const three = [{ name: 'eth1' }, { name: 'eth2' }, { name: 'eth3' }];

test('new weights are in force, and unchanged uplinks go on as if nothing had been', async (t) => {
  const site = await Site.open(t, three.slice(0, 2));
  const connections = site.connect();
  await connections.next(20);
  const [first, second] = site.settings.uplinks;
  const sockets = probeSockets(site);
  assert.equal(sockets.length, 2);

  const changed = { ...site.settings, uplinks: [{ ...first, weight: 5 }, second] };
  await reload(site, changed, IN_FORCE);
  assert.match(readTable(site.router, 3).join(), /dev eth1 weight 5 .*dev eth2 weight 1/);
  const ways = countByWay(await fresh(connections, 200));
  assert.ok((ways.get('198.18.10.2') ?? 0) > 3 * (ways.get('198.18.11.2') ?? 0), [...ways].join(' '));
  assert.deepEqual(probeSockets(site), sockets);
  assert.deepEqual(lost(await connections.stop()), []);
  assert.ok(!site.daemon.log.entries.some((line) => /Uplink \S+ is/.test(line)));
});

test('uplinks with ids keep their numbers and their flows in a file with another order', async (t) => {
  const site = await Site.build(t, three.slice(0, 2));
  const [first, second] = site.settings.uplinks.map((uplink, id) => ({ ...uplink, id }));
  Object.assign(site.settings, { uplinks: [first, second] });
  await site.start();
  const flows = site.flow();
  const before = flowsBy(await flows.next(120), '198.18.10.2');
  const stood = [site.router.show('rule show'), readTable(site.router, 1), readTable(site.router, 2)];
  await reload(site, { ...site.settings, uplinks: [second, first] }, IN_FORCE);
  const stand = [site.router.show('rule show'), readTable(site.router, 1), readTable(site.router, 2)];
  assert.deepEqual(stand, stood);
  assert.deepEqual(flowsBy(await flows.next(120), '198.18.10.2'), before);
  assert.deepEqual(lost(await flows.stop()), []);
  assert.ok(!site.daemon.log.entries.some((line) => /Uplink \S+ is/.test(line)));
});

test('a file with faults is reported with their places, and the old configuration goes on', async (t) => {
  const site = await Site.open(t, three.slice(0, 2));
  const before = readPolicy(site.router);
  const bad = [
    'uplinks:',
    '- {interface: eth1, type: static, ip: 198.18.10.2, gateway: nowhere, description: A}',
    'tests: {intervall: 1}',
    '',
  ].join('\n');
  const { log } = site.daemon;
  const said = log.entries.length;
  await reload(site, bad, /The daemon goes on with the configuration of \d\d:\d\d:\d\d/);
  const words = log.entries.slice(said).join('\n');
  assert.match(words, /fault_tolerant_router\.conf:2:\d+: uplinks\[0\]\.gateway: /);
  assert.match(words, /fault_tolerant_router\.conf:3:\d+: tests\.intervall: .*interval/);
  assert.deepEqual(readPolicy(site.router), before);

  await reload(site, '', /The daemon goes on with/);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  await reload(site, site.settings, IN_FORCE);
});

test('an uplink that is added carries connections once it was tested, one that is removed leaves nothing', async (t) => {
  const site = await Site.build(t, three);
  const all: Settings = { ...site.settings };
  const two: Settings = { ...all, uplinks: all.uplinks.slice(0, 2) };
  site.settings.uplinks = two.uplinks;
  await site.start();
  const before = readPolicy(site.router);
  const [connections, flows] = [site.connect(), site.flow()];
  await connections.next(20);
  const others = await flows.next(120);

  await site.tells([IN_FORCE, /Uplink eth3 is up/], () => reload(site, all, IN_FORCE));
  assert.deepEqual(devicesOf(site.router, 4), ['eth1', 'eth2', 'eth3']);
  const ways = countByWay(await fresh(connections, 90));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.2', '198.18.12.2']);
  assert.deepEqual(lost(connections.exchanges.entries), []);

  await reload(site, two, IN_FORCE);
  const removed = monotonic();
  assert.deepEqual(readPolicy(site.router), before);
  await fresh(connections, 40);
  assert.deepEqual(lost(await connections.stop(), removed), []);
  assert.equal(flowsBy(others, '198.18.10.2').size + flowsBy(others, '198.18.11.2').size, 12);
  assert.deepEqual(lost(await flows.stop()), []);
});

test('other tests of the same lines take no uplink out of service', async (t) => {
  const site = await Site.open(t, three.slice(0, 2));
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  const before = readPolicy(site.router);
  const { log } = site.daemon;
  const said = log.entries.length;
  const changed = { ...site.settings, tests: { ...site.settings.tests, interval: 0.3 } };
  await reload(site, changed, IN_FORCE);
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  assert.ok(
    !log.entries.slice(said).some((line) => line.includes('is down')),
    log.entries.slice(said).join('\n'),
  );
  assert.deepEqual(before.rules, readPolicy(site.router).rules);
});
