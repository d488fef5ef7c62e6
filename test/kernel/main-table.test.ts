import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';
import { lost, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const [first = '', second = '', ...others] = targets;

test('before the main table, its default route does not win, its other routes do', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.base_priority = 1000;
  site.router.ip([
    'route add default via 198.18.10.1 dev eth1',
    `route add ${first}/32 via 198.18.10.1 dev eth1`,
    `route add ${second}/32 via 198.18.11.1 dev eth2`,
  ]);
  await site.start();
  assert.ok(
    site.router.show('rule show').includes('999:\tfrom all lookup 254 suppress_prefixlength 0 proto 70'),
  );
  const ways = async (asked: readonly string[]) => {
    const traffic = new Traffic(site.internet.client, { kind: 'udp', targets: asked, every: 5 });
    const exchanges = await traffic.take(60);
    assert.deepEqual(lost(exchanges), []);
    return [...countByWay(exchanges).keys()].toSorted();
  };
  assert.deepEqual(await ways(others), ['198.18.10.2', '198.18.11.2']);
  assert.deepEqual(await ways([first]), ['198.18.10.2']);
  assert.deepEqual(await ways([second]), ['198.18.11.2']);
});

test('behind the main table, its default route wins', async (t) => {
  const site = await Site.build(t, lines);
  site.router.ip(['route add default via 198.18.11.1 dev eth2']);
  await site.start();
  const ways = countByWay(await site.connect().next(60));
  assert.deepEqual([...ways.keys()], ['198.18.11.2']);
});
