import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { DhcpClient, DhcpServer } from '../support/dhcp.ts';
import { countByWay, monotonic } from '../support/exchange.ts';
import { routerFirewall } from '../support/firewall.ts';
import { lan } from '../support/topology.ts';
import { until } from '../support/waiting.ts';
import { devicesOf, readTable } from './policy.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const [first, second] = ['198.18.10.50', '198.18.11.2'];
/** An answer is under way for less than this time, ms. */
const UNDER_WAY = 100;

/** A site whose first uplink has no address yet; its provider is a subnet with two gateways. */
async function build(t: TestContext): Promise<Site> {
  const site = await Site.build(t, lines);
  const { router, provider, uplinks } = site.internet;
  Object.assign(site.settings, { base_priority: 20_000 });
  site.settings.uplinks[0] = { interface: 'eth1', description: 'eth1', type: 'dhcp', priority_group: 1 };
  const masqueraded = uplinks.map((uplink) => ({ ...uplink, kind: 'ppp' as const }));
  router.nft(`flush ruleset\n${routerFirewall(masqueraded, lan.interface)}`);
  router.ip(['addr flush dev eth1']);
  provider.ip([
    'addr flush dev eth1',
    'addr add 198.18.10.1/24 dev eth1',
    'addr add 198.18.10.254/24 dev eth1',
  ]);
  return site;
}

/** The route of the first uplink's table. */
const route = (site: Site): string => readTable(site.router, 1)[0] ?? '';

/** What the daemon has said of uplinks that came and went. */
const moves = (site: Site): string[] =>
  site.daemon.log.entries.filter((line) => /Uplink \S+ is (up|down)/.test(line));

test('a line with DHCP comes, is renewed, changes its gateway and its address, and goes', async (t) => {
  const site = await build(t);
  await site.start();
  assert.match(moves(site).join(), /Uplink eth1 is down: eth1 has no address/);
  const server = new DhcpServer(site.internet.provider, 'eth1');
  t.after(() => server.close());
  await server.give({ address: first, gateway: '198.18.10.1' });
  let client: DhcpClient | undefined;
  await site.tells(/Uplink eth1 is up/, () => (client = new DhcpClient(site.router, 'eth1')));
  assert.ok(client !== undefined);
  assert.match(route(site), /^default via 198\.18\.10\.1 dev eth1 proto 70 src 198\.18\.10\.50/);
  assert.ok(site.router.show('route show default').some((line) => line.includes('via 198.18.10.1 dev eth1')));

  // What takes its route away and adds it again has not lost it.
  const connections = site.connect();
  const ways = countByWay(await connections.next(60));
  assert.deepEqual([...ways.keys()].toSorted(), [first, second]);
  const known = moves(site).length;
  await client.renew(first);
  await client.renew(first);
  await server.give({ address: first, gateway: '198.18.10.254' });
  await client.renew(first);
  await until(() => route(site).startsWith('default via 198.18.10.254 dev eth1'), PATIENCE);
  assert.match(readTable(site.router, site.balancing)[0] ?? '', /via 198\.18\.10\.254 dev eth1/);
  await fresh(connections, 60);
  assert.deepEqual(lost(await connections.stop()), []);
  assert.equal(moves(site).length, known, moves(site).join('\n'));

  await server.give({ address: '198.18.10.60', gateway: '198.18.10.1' });
  await site.tells(/Uplink eth1 is up/, () => client?.renew('198.18.10.60'));
  assert.match(route(site), /^default via 198\.18\.10\.1 dev eth1 proto 70 src 198\.18\.10\.60/);
  const rules = site.router.show('rule show');
  assert.ok(rules.includes('20000:\tfrom 198.18.10.60 lookup 1 proto 70'), rules.join('\n'));
  assert.ok(!rules.some((rule) => rule.includes(first)));
  const others = site.connect();
  assert.deepEqual([...countByWay(await others.next(60)).keys()].toSorted(), ['198.18.10.60', second]);

  await site.tells(/Uplink eth1 is down: eth1 has no address/, () => client?.release());
  assert.deepEqual(lost(await fresh(others, 40)), []);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
});

test('an address that is replaced before it goes costs no connection but those under way', async (t) => {
  const site = await build(t);
  // As systemd-networkd sets them; the setting is systemd's, too.
  const lease = (verb: string, address: string) => [
    `addr ${verb} ${address}/24 dev eth1 valid_lft 3600 preferred_lft 3600`,
    `route replace default via 198.18.10.1 dev eth1 proto dhcp src ${address} metric 1024`,
    `route replace 198.18.10.1 dev eth1 proto dhcp scope link src ${address} metric 1024`,
  ];
  site.router.sysctl({ 'net/ipv4/conf/eth1/promote_secondaries': 1 });
  site.router.ip(lease('add', first));
  await site.start();
  assert.match(route(site), /^default via 198\.18\.10\.1 dev eth1 proto 70 src 198\.18\.10\.50/);
  const connections = site.connect();
  await connections.next(60);
  const known = moves(site).length;
  const changed = monotonic();
  // What is under way at that moment begins anew, too.
  await site.tells(/Uplink eth1: its connections begin anew with its new address/, () =>
    site.router.ip(lease('add', '198.18.10.60')),
  );
  const settled = monotonic();
  assert.match(route(site), /src 198\.18\.10\.60/);
  site.router.ip([`addr del ${first}/24 dev eth1`]);
  const ways = countByWay(await fresh(connections, 60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.60', second]);
  const others = (await connections.stop()).filter(
    ({ startedAt }) => startedAt < changed - UNDER_WAY || startedAt > settled,
  );
  assert.deepEqual(lost(others), []);
  assert.equal(moves(site).length, known, moves(site).join('\n'));
});

test('two lines with DHCP share new connections, whatever the metrics of their routes say', async (t) => {
  const site = await build(t);
  site.settings.uplinks[1] = { interface: 'eth2', description: 'eth2', type: 'dhcp', priority_group: 1 };
  site.router.ip([
    `addr add ${first}/24 dev eth1`,
    'route add default via 198.18.10.1 dev eth1 metric 100',
    'route add default via 198.18.11.1 dev eth2 metric 200',
  ]);
  await site.start();
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'eth2']);
  const ways = countByWay(await site.connect().next(60));
  assert.deepEqual([...ways.keys()].toSorted(), [first, second]);
});

for (const [what, routes] of [
  ['with a route to it', ['route add 198.18.10.1 dev eth1 scope link', 'route add default via 198.18.10.1']],
  ['without one', ['route add default via 198.18.10.1 dev eth1 onlink']],
] as const) {
  test(`a gateway outside of the prefix, as cloud images have it, ${what}`, async (t) => {
    const site = await build(t);
    site.router.ip([`addr add ${first}/32 dev eth1`, ...routes]);
    await site.start();
    assert.match(route(site), /^default via 198\.18\.10\.1 dev eth1 proto 70 src 198\.18\.10\.50 onlink/);
    assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
    const ways = countByWay(await site.connect().next(60));
    assert.deepEqual([...ways.keys()].toSorted(), [first, second]);
    await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
    await site.tells(/Uplink eth1 is up/, () => site.internet.mend('eth1'));
  });
}

test('a main table without its default route is a fault in words, until it has one', async (t) => {
  const site = await build(t);
  // None of the others is for connections: one is for the link alone, one has outlived its lease.
  site.router.ip([
    'addr add 198.18.10.8/32 dev eth1 scope link',
    'addr add 198.18.10.9/32 dev eth1 preferred_lft 0',
    `addr add ${first}/24 dev eth1`,
  ]);
  await site.start();
  assert.match(moves(site).join(), /the main table has no default route over eth1, as a DHCP client sets it/);
  await site.tells(/Uplink eth1 is up/, () =>
    site.router.ip(['route add default via 198.18.10.1 dev eth1 metric 7']),
  );
  // Of several the best: connectivity checks of NetworkManager make a route worse.
  site.router.ip(['route add default via 198.18.10.254 dev eth1 metric 5']);
  await until(() => route(site).startsWith('default via 198.18.10.254 dev eth1'), PATIENCE);
  assert.match(route(site), / src 198\.18\.10\.50/);
});
