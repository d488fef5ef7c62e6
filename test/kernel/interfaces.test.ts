import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { countByWay } from '../support/exchange.ts';
import { routerFirewall } from '../support/firewall.ts';
import { lan } from '../support/topology.ts';
import { until } from '../support/waiting.ts';
import type { Namespace } from '../support/namespace.ts';
import { devicesOf, readTable } from './policy.ts';
import { fresh, lost, type Settings, Site } from './site.ts';

/** An interface that takes the address of eth1 over, and the `ip` commands that make it. */
const kinds: readonly { readonly kind: string; readonly name: string; readonly make: readonly string[] }[] = [
  {
    kind: 'a bridge',
    name: 'br1',
    make: ['link add br1 type bridge', 'link set eth1 master br1'],
  },
  {
    kind: 'a macvlan',
    name: 'mac1',
    make: ['link add mac1 link eth1 type macvlan mode bridge'],
  },
];

for (const { kind, name, make } of kinds) {
  test(`${kind} is an uplink like any other`, async (t) => {
    const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
    site.router.ip([
      'addr flush dev eth1',
      ...make,
      `addr add 198.18.10.2/24 dev ${name}`,
      `link set ${name} up`,
    ]);
    await until(() => site.router.show(`link show ${name}`).join().includes(' state UP '), 2000);
    await proveUplink(site, name);
  });
}

test('an interface with a dot in its name is an uplink like any other', async (t) => {
  await proveUplink(await Site.build(t, [{ name: 'eth1.5' }, { name: 'eth2' }]), 'eth1.5');
});

test('a VLAN is an uplink like any other', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const { provider } = site.internet;
  if (!knowsVlans(provider)) return t.skip('this kernel has no VLANs (CONFIG_VLAN_8021Q)');
  provider.ip([
    'link set eth1 down',
    'link set eth1 name raw1',
    'link add link raw1 name eth1 type vlan id 7',
    'addr flush dev raw1',
    'addr add 198.18.10.1 peer 198.18.10.2 dev eth1',
    'link set raw1 up',
    'link set eth1 up',
  ]);
  site.router.ip([
    'link add link eth1 name eth1.7 type vlan id 7',
    'addr flush dev eth1',
    'addr add 198.18.10.2/24 dev eth1.7',
    'link set eth1.7 up',
  ]);
  await until(() => site.router.show('link show eth1.7').join().includes(' state UP '), 2000);
  await proveUplink(site, 'eth1.7');
});

function knowsVlans(namespace: Namespace): boolean {
  try {
    namespace.ip(['link add link eth1 name trial type vlan id 2', 'link del trial']);
    return true;
  } catch {
    return false;
  }
}

for (const [what, addresses, settings] of [
  ['with a peer, found by itself', [], { type: 'auto' }],
  ['without a peer, found by itself', ['addr add 198.18.10.2/24 dev tun0'], { type: 'auto' }],
  [
    'without a gateway',
    ['addr add 198.18.10.2/32 dev tun0'],
    { type: 'static', ip: '198.18.10.2', gateway: undefined },
  ],
] as const) {
  test(`a TUN interface ${what} is an uplink like any other`, async (t) => {
    const site = await Site.build(t, [{ name: 'tun0', kind: 'ppp' }, { name: 'eth2' }]);
    if (addresses.length > 0) site.router.ip(['addr flush dev tun0', ...addresses]);
    Object.assign(site.settings, { base_priority: 20_000 });
    Object.assign(site.settings.uplinks[0] as Settings['uplinks'][number], settings);
    await proveUplink(site, 'tun0');
    assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
    const [route] = readTable(site.router, 1);
    assert.match(
      route ?? '',
      addresses.length > 0 ? /^default dev tun0 / : /^default via 198\.18\.10\.1 dev tun0 /,
    );
  });
}

test('an Ethernet without a gateway is a fault in words, and harms nobody', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  Object.assign(site.settings.uplinks[0] as Settings['uplinks'][number], { gateway: undefined });
  await site.start();
  const fault = 'Uplink eth1 is down: eth1 needs a gateway: it is not a point-to-point link';
  assert.ok(site.daemon.log.entries.some((line) => line.includes(fault)));
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
  assert.deepEqual(lost(await site.connect().take(40)), []);
});

test('a TUN interface with a fixed address is an uplink like any other', async (t) => {
  const site = await Site.build(t, [{ name: 'tun0', kind: 'ppp' }, { name: 'eth2' }]);
  Object.assign(site.settings.uplinks[0] as Settings['uplinks'][number], {
    type: 'static',
    ip: '198.18.10.2',
    gateway: '198.18.10.1',
  });
  await proveUplink(site, 'tun0');
});

/** The first uplink, on the interface of this name, carries connections, is left when it dies and taken again. */
async function proveUplink(site: Site, name: string): Promise<void> {
  const [first, second] = site.internet.uplinks;
  if (first === undefined || second === undefined) throw new RangeError('two uplinks are needed');
  Object.assign(site.settings.uplinks[0] ?? {}, { interface: name, description: name });
  site.router.nft(`flush ruleset\n${routerFirewall([{ ...first, name }, second], lan.interface)}`);
  await site.start();
  assert.deepEqual(devicesOf(site.router, site.balancing), [name, 'eth2']);
  assert.equal(sysctl(site, `conf/${name}/rp_filter`), '2');
  const connections = site.connect();
  const ways = countByWay(await connections.next(60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);
  assert.deepEqual(lost(connections.exchanges.entries), []);
  await site.tells(new RegExp(`Uplink ${name} is down`), () => site.internet.impair(first.name, 'beyond'));
  assert.deepEqual([...countByWay(await fresh(connections, 20)).keys()], ['198.18.11.2']);
  await site.tells(new RegExp(`Uplink ${name} is up`), () => site.internet.mend(first.name));
}

test('settings of the kernel are as documented, on an interface that is made again too', async (t) => {
  const site = await Site.open(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const stand = () => {
    assert.equal(sysctl(site, 'ip_forward'), '1');
    assert.equal(sysctl(site, 'conf/all/rp_filter'), '0');
    for (const name of ['eth1', 'eth2']) {
      assert.equal(sysctl(site, `conf/${name}/rp_filter`), '2');
      assert.equal(sysctl(site, `conf/${name}/ignore_routes_with_linkdown`), '1');
    }
  };
  stand();
  await site.tells(/Uplink eth1 is up/, () => {
    site.internet.deleteInterface('eth1');
    site.internet.createInterface('eth1');
  });
  stand();
});

function sysctl(site: Site, path: string): string {
  return site.router.exec(['cat', `/proc/sys/net/ipv4/${path}`]).trim();
}
