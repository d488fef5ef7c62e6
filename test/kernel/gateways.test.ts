import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay, isLost } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { devicesOf } from './policy.ts';
import { fresh, lost, Site } from './site.ts';

/** Two lines of one provider, in one subnet, behind one gateway address; each takes only its own address. */
const lines = [
  { name: 'eth1', address: '198.18.99.2', gateway: '198.18.99.1' },
  { name: 'eth2', address: '198.18.99.3', gateway: '198.18.99.1' },
];

test('two uplinks with the same gateway are probed, each by its own device', async (t) => {
  const site = await Site.open(t, lines);
  assert.deepEqual(devicesOf(site.router, 1), ['eth1']);
  assert.deepEqual(devicesOf(site.router, 2), ['eth2']);
  for (const [broken, other] of [
    ['eth1', 'eth2'],
    ['eth2', 'eth1'],
  ] as const) {
    const said = site.daemon.log.entries.length;
    await site.tells(new RegExp(`Uplink ${broken} is down`), () => site.internet.impair(broken, 'beyond'));
    assert.deepEqual(devicesOf(site.router, site.balancing), [other]);
    await site.tells(new RegExp(`Uplink ${broken} is up`), () => site.internet.mend(broken));
    assert.ok(!site.daemon.log.entries.slice(said).some((line) => line.includes(`Uplink ${other} is`)));
  }
});

test('a forced connection leaves by the uplink of its mark', async (t) => {
  const site = await Site.open(t, lines);
  const [first = '', second = ''] = targets;
  site.router.nft(`table ip forced {
    chain prerouting {
      type filter hook prerouting priority mangle - 1
      iifname "eth0" ip daddr ${first} ct state new ct mark set 1
      iifname "eth0" ip daddr ${second} ct state new ct mark set 2
    }
  }`);
  const exchanges = await new Traffic(site.internet.client, {
    kind: 'udp',
    targets: [first, second],
    every: 5,
  }).take(60);
  assert.deepEqual(lost(exchanges), []);
  for (const exchange of exchanges) {
    const way = exchange.target === first ? '198.18.99.2' : '198.18.99.3';
    assert.ok(!isLost(exchange) && exchange.via === way);
  }
});

test('what comes in by an uplink is answered by it', async (t) => {
  const site = await Site.open(t, lines);
  const addresses = lines.map(({ address }) => address);
  site.router.nft('add rule ip fault_tolerant_router input iifname @uplinks accept');
  await startEcho(site.router, addresses);
  for (const kind of ['udp', 'tcp'] as const) {
    const visitors = new Traffic(site.internet.core, { kind, targets: addresses, every: 5 });
    assert.deepEqual(lost(await visitors.take(40)), []);
    await visitors.stop();
  }
});

test('new connections use both', async (t) => {
  const site = await Site.open(t, lines);
  const ways = countByWay(await fresh(site.connect(), 60));
  assert.deepEqual([...ways.keys()].toSorted(), ['198.18.99.2', '198.18.99.3']);
});
