import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TABLE } from '../../src/firewall/managed.ts';
import { lost, PATIENCE, Site } from '../kernel/site.ts';
import { devicesOf } from '../kernel/policy.ts';
import { runAction } from '../support/daemon.ts';
import { countByWay, type Exchange, isLost } from '../support/exchange.ts';
import { addIPv6, gateway6, routerAddress6, targets6 } from '../support/ipv6.ts';
import { targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { knock } from './guarded-site.ts';
import { marker, unmarked } from './neighbours.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }, { name: 'ppp0', kind: 'ppp' }] as const;
const addresses = ['198.18.10.2', '198.18.11.2', '198.18.12.2'];

/** A site whose firewall is the daemon's, and nothing else's. */
async function managed(t: TestContext, firewall: object = {}): Promise<Site> {
  const site = await Site.build(t, lines);
  site.router.nft('flush ruleset');
  site.settings.firewall = { manage: true, fwmark_mask: 0xff, ...firewall };
  return site;
}

/** Starts the daemon and waits until the table stands. */
async function start(site: Site): Promise<void> {
  await site.start();
  await site.daemon.log.until((line) => line.includes('Firewall: the managed table, made'), {
    within: PATIENCE,
  });
}

function waysOfFlows(exchanges: readonly Exchange[]): string[] {
  return [...new Set(exchanges.map((one) => `${one.flow} ${isLost(one) ? 'lost' : one.via}`))].toSorted();
}

const listing = (site: Site) => site.router.exec(['nft', '-s', 'list', 'ruleset']);

test('with the managed table', async (t) => {
  const site = await managed(t);
  await start(site);
  const { client, core, router } = site.internet;

  await t.test('new connections get the address of the uplink that they leave by', async () => {
    const connections = site.connect();
    const exchanges = await connections.take(200);
    assert.deepEqual(lost(exchanges), []);
    assert.deepEqual([...countByWay(exchanges).keys()].toSorted(), addresses);
  });

  await t.test('connections stay with their uplink when routes change', async () => {
    const flows = site.flow();
    const before = waysOfFlows(await flows.next(60));
    assert.ok(new Set(before.map((flow) => flow.split(' ')[1])).size > 1);
    const [first, ...others] = site.settings.uplinks;
    await site.tells(/is in force/, () => {
      site.daemon.configure({
        ...site.settings,
        uplinks: [first, ...others.map((uplink) => ({ ...uplink, priority_group: 2 }))],
      });
      site.daemon.signal('SIGHUP');
    });
    const connections = site.connect();
    assert.deepEqual([...countByWay(await connections.take(50)).keys()], [addresses[0]]);
    await flows.next(60);
    const all = await flows.stop();
    assert.deepEqual(lost(all), []);
    assert.deepEqual(waysOfFlows(all), before);
    assert.ok(
      !site.daemon.log.entries.some((line) => /Firewall.*lines changed/.test(line)),
      'nothing was loaded',
    );
  });

  await t.test("an administrator's mark chooses the uplink of a connection", async () => {
    router.nft(`table inet chosen {
      chain first {
        type filter hook prerouting priority mangle
        iifname "eth0" ct state new meta l4proto tcp ct mark set 0x2
      }
    }`);
    const chosen = await new Traffic(client, { kind: 'tcp', targets, every: 5 }).take(40);
    assert.deepEqual([...countByWay(chosen).keys()], [addresses[1]]);
    router.nft('delete table inet chosen');
  });

  await t.test('bits of marks that are not ours stay as they are', async () => {
    router.nft(marker);
    const flows = site.flow();
    await flows.next(60);
    assert.deepEqual(lost(await flows.stop()), []);
    assert.equal(unmarked(router), 0);
    router.nft('delete table inet marker');
  });

  await t.test(
    'who comes in by an uplink is answered by it, by this router and by a host behind it',
    async () => {
      await startEcho(router, addresses);
      router.nft(`table ip published {
      chain in {
        type nat hook prerouting priority dstnat
        iifname { "eth1", "eth2", "ppp0" } tcp dport 7777 dnat to 198.18.0.2:7
      }
    }`);
      const asked = new Traffic(core, { kind: 'tcp', targets: addresses, every: 5 });
      assert.deepEqual(lost(await asked.take(60)), []);
      // The host itself refuses: nothing listens there.
      const answers = await Promise.all(addresses.map((address) => knock(core, address, 7777)));
      assert.deepEqual(answers, ['refused', 'refused', 'refused']);
    },
  );
});

test('a daemon that starts beside its table leaves it as it is', async (t) => {
  const site = await managed(t);
  await start(site);
  await site.daemon.end();
  const before = listing(site);
  const handle = site.router.exec(['nft', '-a', 'list', 'table', 'inet', TABLE]);
  assert.match(runAction(site.router, 'plan', site.settings), /^The kernel is as planned\.$/m);
  await site.start();
  const connections = site.connect();
  assert.deepEqual(lost(await connections.take(50)), []);
  assert.equal(listing(site), before);
  assert.equal(site.router.exec(['nft', '-a', 'list', 'table', 'inet', TABLE]), handle);
});

test('a plan shows the table as a difference, and clear takes it away', async (t) => {
  const site = await managed(t);
  const planned = runAction(site.router, 'plan', site.settings);
  assert.match(
    planned,
    /^\+ nft table inet fault_tolerant_router:\n {4}\+ table inet fault_tolerant_router \{$/m,
  );
  assert.equal(listing(site), '');
  await start(site);
  await site.daemon.end();
  site.router.exec(['nft', 'flush', 'chain', 'inet', TABLE, 'translate_source']);
  assert.match(
    runAction(site.router, 'plan', site.settings),
    /^~ nft table inet fault_tolerant_router:\n {4}\+ \t\tmeta nfproto ipv4 snat ip to oifname map/m,
  );
  site.router.nft('table inet neighbour { }');
  assert.match(runAction(site.router, 'clear', site.settings), /^- nft table inet fault_tolerant_router$/m);
  assert.equal(listing(site).trim(), 'table inet neighbour {\n}');
});

const deeds = [
  'flush ruleset',
  `delete table inet ${TABLE}`,
  `flush chain inet ${TABLE} translate_source`,
  `add rule inet ${TABLE} mark_own accept`,
  `add table inet ${TABLE} { flags dormant; }`,
];
test('what somebody does to the table is repaired', async (t) => {
  const site = await managed(t);
  await start(site);
  const before = listing(site);
  for (const deed of deeds)
    await t.test(deed, async () => {
      await site.tells(/Firewall, changed by somebody, repaired: the managed table/, () =>
        site.router.nft(deed),
      );
      assert.equal(listing(site), before);
      const connections = site.connect();
      assert.deepEqual(lost(await connections.take(30)), []);
    });
});

test('a table that is managed no more goes, and comes back with its configuration', async (t) => {
  const site = await managed(t);
  await start(site);
  const reload = (firewall: object) => () => {
    site.daemon.configure({ ...site.settings, firewall });
    site.daemon.signal('SIGHUP');
  };
  await site.tells(/Firewall: the managed table, removed/, reload({}));
  assert.equal(listing(site), '');
  await site.tells(/Firewall: the managed table, made/, reload({ manage: true }));
  assert.match(listing(site), /ct mark vmap/);
});

test('without nft the routes stand all the same, and the reason is told once', async (t) => {
  const site = await managed(t);
  await site.start({
    by: ['unshare', '--mount', 'sh', '-c', 'mount --bind /dev/null /usr/sbin/nft && exec "$@"', 'sh'],
  });
  const { log } = site.daemon;
  const complaints = () =>
    log.entries.filter((line) => line.includes('the managed table is not as it shall be'));
  await log.until(() => complaints().length > 0, { within: PATIENCE });
  assert.match(complaints().join(), /: the program nft cannot be run; is nftables installed\?$/);
  assert.equal(devicesOf(site.router, site.balancing).length, 3);
  // Long after it was tried again.
  await site.tells(/is down: no carrier/, () => site.internet.unplug('eth1'));
  assert.equal(complaints().length, 1);
});

test('IPv6 gets the address of the uplink, or its prefix, by which a host inside is reached too', async (t) => {
  const site = await Site.build(t, lines.slice(0, 2));
  const { internet, settings } = site;
  const { router, client, core, provider } = internet;
  addIPv6(internet);
  router.nft('flush ruleset');
  provider.nft('flush ruleset');
  await startEcho(core, targets6);
  await startEcho(client, ['2001:db8:100::2']);
  provider.ip([`route add 2001:db8:2000::/48 via ${routerAddress6(1)} dev eth2`]);
  settings.firewall = { manage: true, fwmark_mask: 0xff };
  const byPrefix = { translate: 'prefix', prefix: '2001:db8:2000::/48', inside_prefix: '2001:db8:100::/48' };
  settings.uplinks = settings.uplinks.map((uplink, index) => ({
    ...uplink,
    ipv6: { gateway: gateway6, ...(index === 1 && byPrefix) },
  }));
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  await start(site);

  const connections = await new Traffic(client, { kind: 'udp', targets: targets6, every: 5 }).take(100);
  assert.deepEqual(lost(connections), []);
  assert.deepEqual(
    [...countByWay(connections).keys()].toSorted(),
    ['2001:db8:2000::2', routerAddress6(0)].toSorted(),
  );
  const flows = new Traffic(client, { kind: 'flow', targets: targets6, every: 20, flows: 12 });
  const ways = waysOfFlows(await flows.take(60));
  assert.equal(ways.length, 12, ways.join(', '));
  const asked = new Traffic(core, { kind: 'tcp', targets: ['2001:db8:2000::2'], every: 5 });
  assert.deepEqual(lost(await asked.take(30)), []);
});

test('translation follows an address that changes', async (t) => {
  const site = await managed(t);
  const { interface: name, description } = site.settings.uplinks[1] ?? assert.fail();
  site.settings.uplinks = [{ interface: name, description, type: 'dhcp', priority_group: 1 }];
  const { router, provider } = site.internet;
  router.ip(['route add default via 198.18.11.1 dev eth2']);
  site.settings.base_priority = 1000;
  await start(site);
  const one = await site.connect().take(30);
  assert.deepEqual([...countByWay(one).keys()], ['198.18.11.2']);
  const before = listing(site);
  await site.tells(/ip .*198\.18\.11\.9, .*up, routing/, () => {
    provider.ip(['route add 198.18.11.9 dev eth2']);
    router.ip([
      'addr add 198.18.11.9/24 dev eth2',
      'addr del 198.18.11.2/24 dev eth2',
      'addr replace 198.18.11.9/24 dev eth2',
      'route replace default via 198.18.11.1 dev eth2',
    ]);
  });
  const other = await site.connect().take(30);
  assert.deepEqual(lost(other), []);
  assert.deepEqual([...countByWay(other).keys()], ['198.18.11.9']);
  assert.equal(listing(site), before);
});

test('translation of prefixes follows the network of the line', async (t) => {
  const site = await Site.build(t, lines.slice(0, 2));
  const { internet, settings } = site;
  const { router, client, core, provider } = internet;
  addIPv6(internet);
  router.nft('flush ruleset');
  provider.nft('flush ruleset');
  await startEcho(core, targets6);
  client.ip([
    'addr del 2001:db8:100::2/64 dev eth0',
    'addr add 2001:db8:100::77/64 dev eth0 nodad',
    'route replace default via 2001:db8:100::1',
  ]);
  provider.ip([`route add 2001:db8:11::77 via ${routerAddress6(1)} dev eth2`]);
  settings.firewall = { manage: true };
  settings.uplinks = settings.uplinks.map((uplink, index) => ({
    ...uplink,
    ...(index === 1 && {
      ipv6: {
        gateway: gateway6,
        translate: 'prefix',
        prefix: 'auto',
        inside_prefix: '2001:db8:100::/64',
      },
    }),
  }));
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  await start(site);
  const ways = async () => {
    const connections = await new Traffic(client, { kind: 'udp', targets: targets6, every: 5 }).take(40);
    assert.deepEqual(lost(connections), []);
    return [...countByWay(connections).keys()];
  };
  assert.deepEqual(await ways(), ['2001:db8:11::77']);

  await site.tells(/Firewall: the managed table, 4 lines changed/, () => {
    provider.ip([
      'addr add 2001:db8:21::1/64 dev eth2 nodad',
      'route add 2001:db8:21::77 via 2001:db8:21::2 dev eth2',
    ]);
    router.ip(['addr add 2001:db8:21::2/64 dev eth2 nodad', `addr del ${routerAddress6(1)}/64 dev eth2`]);
  });
  assert.deepEqual(await ways(), ['2001:db8:21::77']);
});
