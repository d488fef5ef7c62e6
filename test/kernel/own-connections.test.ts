import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';
import { devicesOf } from './policy.ts';
import { type Asking, ask as askBy } from './question.ts';
import { lost, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

/** The source address with which the router's own packet, from a socket bound like this, comes to a target. */
function ask(site: Site, socket: Pick<Asking, 'device' | 'source'>): string {
  const [target = ''] = targets;
  return askBy(site.router, { target, ...socket });
}

test("the router's own connections use the uplink whose interface or address they are bound to", async (t) => {
  const site = await Site.open(t, lines);
  for (const { name, address } of site.internet.uplinks) {
    for (let i = 0; i < 5; i++) {
      assert.equal(ask(site, { device: name }), address);
      assert.equal(ask(site, { source: address }), address);
    }
  }
});

test('a connection bound to the interface of a standby uplink uses it all the same', async (t) => {
  const site = await Site.build(t, lines);
  Object.assign(site.settings.uplinks[1] ?? {}, { priority_group: 2 });
  await site.start();
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1']);
  assert.equal(ask(site, { device: 'eth2' }), '198.18.11.2');
});

test("the router's other connections are balanced", async (t) => {
  const site = await Site.open(t, lines);
  const exchanges = await new Traffic(site.router, { kind: 'udp', targets, every: 5 }).take(60);
  assert.deepEqual(lost(exchanges), []);
  assert.deepEqual([...countByWay(exchanges).keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);
});

test('a socket bound to a dead uplink does not leave by another', async (t) => {
  const site = await Site.open(t, lines);
  await site.tells(/Uplink eth1 is down/, () => site.internet.setLink('eth1', 'down'));
  assert.throws(() => ask(site, { source: '198.18.10.2' }), { stderr: /No route to host|unreachable/ });
  assert.equal(ask(site, { device: 'eth2' }), '198.18.11.2');
});
