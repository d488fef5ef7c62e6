import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLost, monotonic } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';
import { devicesOf } from './policy.ts';
import { fresh, lost, Site } from './site.ts';

const names = Array.from({ length: 64 }, (_, index) => `eth${1 + index}`);
const dying = ['eth3', 'eth9', 'eth14', 'eth22', 'eth30', 'eth41', 'eth57', 'eth64'];

test('of 64 uplinks, 8 that die at once are left together, and the others keep every connection', async (t) => {
  const site = await Site.build(
    t,
    names.map((name) => ({ name })),
  );
  site.settings.tests = { ...site.settings.tests, interval: 1, timeout: 0.5 };
  await site.start({ options: ['--debug'] });
  const { log } = site.daemon;
  const said = (pattern: string) => log.entries.filter((line) => line.includes(pattern));
  await log.until(() => names.every((name) => said(`Uplink ${name}: check passed`).length > 0), {
    within: 5000,
  });
  assert.deepEqual(said('is down'), []);
  assert.deepEqual(devicesOf(site.router, site.balancing), names);

  const flows = new Traffic(site.internet.client, { kind: 'flow', targets, every: 100, flows: 100 });
  const ways = new Map<number, string>();
  // The first answers may take their time: 64 lines have to find their gateways.
  await flows.exchanges.until(
    (exchange) => !isLost(exchange) && ways.set(exchange.flow, exchange.via).size === 100,
    { within: 10_000 },
  );
  const connections = site.connect();
  await connections.next(20);

  const began = monotonic();
  await site.tells(
    dying.map((name) => new RegExp(`Uplink ${name} is down`)),
    () => dying.forEach((name) => site.internet.impair(name, 'beyond')),
  );
  const lasted = monotonic() - began;
  // The next check of each comes within a second, and takes one timeout, or two when it asks the third target.
  assert.ok(lasted < 2500, `${lasted} ms`);
  const decided = monotonic();
  assert.deepEqual(
    devicesOf(site.router, site.balancing),
    names.filter((name) => !dying.includes(name)),
  );
  await fresh(connections, 100);
  assert.deepEqual(lost(await connections.stop(), decided), []);

  const dead = new Set(
    site.internet.uplinks.flatMap(({ name, address }) => (dying.includes(name) ? address : [])),
  );
  const ofHealthy = (await flows.stop()).filter(({ flow }) => !dead.has(ways.get(flow) ?? ''));
  assert.ok(ofHealthy.length > 0);
  assert.deepEqual(lost(ofHealthy), []);
  assert.equal(said('is down').length, dying.length);
});
