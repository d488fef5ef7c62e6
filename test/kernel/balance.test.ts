import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Balance } from '../../src/check/balance.ts';
import type { Address } from '../../src/network/address.ts';
import { countByWay } from '../support/exchange.ts';
import { runAction } from '../support/daemon.ts';
import { addIPv6, gateway6, targets6 } from '../support/ipv6.ts';
import { lan, targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { lost, Site } from './site.ts';

/** Two lines with the weights 3 and 1 and both families. */
async function build(t: TestContext, by: string): Promise<Site> {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const { settings } = site;
  addIPv6(site.internet);
  settings.uplinks = settings.uplinks.map((uplink) => ({ ...uplink, ipv6: { gateway: gateway6 } }));
  Object.assign(settings.uplinks[0] ?? {}, { weight: 3 });
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  settings.downlinks = { lan: lan.interface };
  settings.balance_by = by;
  return site;
}

function setting(site: Site, family: number): string {
  return site.router.exec(['cat', `/proc/sys/net/ipv${family}/fib_multipath_hash_policy`]).trim();
}

/** The ways of 40 connections from one host to one other. */
async function waysToOne(site: Site, others: readonly Address[]): Promise<number> {
  const traffic = new Traffic(site.internet.client, { kind: 'udp', targets: others.slice(0, 1), every: 5 });
  const exchanges = await traffic.take(40);
  assert.deepEqual(lost(exchanges), []);
  return countByWay(exchanges).size;
}

function balanceOf(site: Site, count: number): Balance {
  return JSON.parse(
    runAction(site.router, 'balance_test', site.settings, { options: ['--json'], operands: [String(count)] }),
  ) as Balance;
}

test('by connection, one host uses all lines, and the balance test says how', async (t) => {
  const site = await build(t, 'connection');
  site.router.sysctl({ 'net/ipv4/fib_multipath_hash_policy': 0, 'net/ipv6/fib_multipath_hash_policy': 0 });
  await site.start();
  assert.deepEqual([setting(site, 4), setting(site, 6)], ['1', '1']);
  await startEcho(site.internet.core, targets6);
  assert.deepEqual([await waysToOne(site, targets), await waysToOne(site, targets6)], [2, 2]);
  const { families } = balanceOf(site, 2000);
  assert.deepEqual(
    families.map(({ family, in: from, by, elsewhere, refused }) => [family, from, by, elsewhere, refused]),
    [
      [4, lan.interface, 'connection', 0, 0],
      [6, lan.interface, 'connection', 0, 0],
    ],
  );
  for (const { uplinks } of families) {
    const [heavy, light] = uplinks;
    assert.deepEqual([heavy?.weight, light?.weight], [3, 1]);
    assert.equal((heavy?.connections ?? 0) + (light?.connections ?? 0), 2000);
    assert.ok(Math.abs((heavy?.connections ?? 0) - 1500) < 150, JSON.stringify(uplinks));
  }
});

test('by address, one host keeps to one line for one other', async (t) => {
  const site = await build(t, 'address');
  await site.start();
  await startEcho(site.internet.core, targets6);
  assert.deepEqual([setting(site, 4), setting(site, 6)], ['0', '3']);
  assert.deepEqual([await waysToOne(site, targets), await waysToOne(site, targets6)], [1, 1]);
  const [answer] = balanceOf(site, 400).families;
  assert.equal(answer?.by, 'address');
  assert.ok(
    answer.uplinks.every(({ connections }) => connections > 0),
    'other hosts use the others',
  );
});

test('what somebody sets otherwise comes back with the next look at the kernel', async (t) => {
  const site = await build(t, 'connection');
  await site.start();
  // The kernel tells nothing of settings. The rule has it looked at now, not within half a minute.
  await site.tells(/Kernel, changed by somebody, repaired:.*net\.ipv4\.fib_multipath_hash_policy=1/, () => {
    site.router.sysctl({ 'net/ipv4/fib_multipath_hash_policy': 0, 'net/ipv6/fib_multipath_hash_policy': 0 });
    site.router.ip(['rule del pref 40000']);
  });
  assert.deepEqual([setting(site, 4), setting(site, 6)], ['1', '1']);
});

test('a check says that nobody has chosen', async (t) => {
  const site = await build(t, 'connection');
  site.router.sysctl({ 'net/ipv4/fib_multipath_hash_policy': 0 });
  assert.doesNotMatch(runAction(site.router, 'check', site.settings), /balance_by/);
  delete site.settings.balance_by;
  const said = runAction(site.router, 'check', site.settings);
  // For IPv6 somebody has set it.
  assert.deepEqual(
    said.split('\n').filter((line) => line.includes('balance_by')),
    [
      'Hint: IPv4 connections over the uplinks of a group are balanced by address ' +
        '(net.ipv4.fib_multipath_hash_policy is 0): choose with balance_by.',
    ],
  );
});

test('the balance test needs no daemon, and tells what a policy leads elsewhere', async (t) => {
  const site = await build(t, 'connection');
  site.settings.policies = [{ name: 'web', match: { protocol: 'tcp', dport: 443 }, use: { uplink: 'eth2' } }];
  assert.throws(() => runAction(site.router, 'balance_test', site.settings, { operands: ['10'] }), {
    status: 1,
    stderr: /there is no balancing route/,
  });
  await site.start();
  await site.daemon.end();
  assert.equal(balanceOf(site, 10).families[0]?.elsewhere, 10);
  assert.throws(() => runAction(site.router, 'balance_test', site.settings, { operands: ['many'] }), {
    stderr: /many is no number of connections/,
  });
});
