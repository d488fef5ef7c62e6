import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay } from '../support/exchange.ts';
import { routerFirewall } from '../support/firewall.ts';
import { lan } from '../support/topology.ts';
import { until } from '../support/waiting.ts';
import { devicesOf } from './policy.ts';
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
