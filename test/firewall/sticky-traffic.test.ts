import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TABLE } from '../../src/firewall/managed.ts';
import { lost, PATIENCE, Site } from '../kernel/site.ts';
import { runAction } from '../support/daemon.ts';
import { countByWay, echoPort } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const addresses = ['198.18.10.2', '198.18.11.2'];
const policy = {
  name: 'sessions',
  match: { source: '198.18.0.0/24', protocol: 'tcp', dport: echoPort },
  use: { group: 1 },
  sticky: '10m',
};

/** A site whose TCP connections stick to an uplink, client by client; those of UDP do not. */
async function sticky(t: TestContext): Promise<Site> {
  const site = await Site.build(t, lines);
  site.router.nft('flush ruleset');
  site.settings.firewall = { manage: true, fwmark_mask: 0xff };
  site.settings.policies = [policy];
  await site.start();
  await site.daemon.log.until((line) => line.includes('the managed table, made'), { within: PATIENCE });
  return site;
}

/** The ways that new TCP connections of the client take, none of them lost. */
async function ways(site: Site): Promise<string[]> {
  const client = new Traffic(site.internet.client, { kind: 'tcp', targets, every: 10 });
  const exchanges = await client.take(40);
  assert.deepEqual(lost(exchanges), []);
  return [...countByWay(exchanges).keys()].toSorted();
}

test('a client sticks to its uplink, moves when that fails, and stays where it has gone', async (t) => {
  const site = await sticky(t);
  const [way = '', ...others] = await ways(site);
  assert.deepEqual(others, []);
  const udp = await site.connect().take(80);
  assert.deepEqual(
    [...countByWay(udp).keys()].toSorted(),
    addresses,
    'what the policy is not for is balanced',
  );

  const carrier = way === addresses[0] ? 'eth1' : 'eth2';
  const other = addresses.find((address) => address !== way) ?? '';
  await site.tells([/is down: no carrier/, /Firewall: the managed table, \d+ lines? changed/], () =>
    site.internet.unplug(carrier),
  );
  assert.deepEqual(await ways(site), [other]);
  await site.tells(
    [new RegExp(`Uplink ${carrier} is up`), /Firewall: the managed table, \d+ lines? changed/],
    () => site.internet.plug(carrier),
  );
  assert.deepEqual(await ways(site), [other]);

  const { router, settings, daemon } = site;
  await daemon.end();
  assert.match(runAction(router, 'plan', settings), /^The kernel is as planned\.$/m);
  await site.start();
  assert.deepEqual(await ways(site), [other], 'also after a restart');
  const index = addresses.indexOf(other);
  const listing = router.exec(['nft', 'list', 'set', 'inet', TABLE, `sticky_0_${1 + index}`]);
  assert.match(listing, /elements = \{ 198\.18\.0\.2 expires /);
});
