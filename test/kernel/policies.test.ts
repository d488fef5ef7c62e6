import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { countByWay } from '../support/exchange.ts';
import { addIPv6, gateway6, routerAddress6, targets6 } from '../support/ipv6.ts';
import { lan, targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { runAction } from '../support/daemon.ts';
import { ask } from './question.ts';
import { flowsBy, fresh, lost, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }, { name: 'eth3' }];
/** What the other side sees of a connection by each line. */
const [first, second, third] = ['198.18.10.2', '198.18.11.2', '198.18.12.2'];
const [one = '', two = '', three = '', four = ''] = targets;

/** A site where all new connections go by the first line, unless a policy says otherwise; not started yet. */
async function build(t: TestContext, policies: object[]): Promise<Site> {
  const site = await Site.build(t, lines);
  const [, standby, spare] = site.settings.uplinks;
  Object.assign(standby ?? {}, { priority_group: 2 });
  delete spare?.priority_group;
  site.settings.policies = policies;
  // Servers that hear on other ports, too.
  site.internet.core.nft(`table inet services {
    chain in { type nat hook prerouting priority dstnat; meta l4proto { tcp, udp } th dport 5060-5061 dnat to :7; }
  }`);
  return site;
}

const toVoice = { protocol: 'udp', dport: ['5060-5061'] };

test('connections of hosts in the LAN go as the policies say, the first that fits deciding', async (t) => {
  const site = await build(t, [
    { name: 'voice', match: toVoice, use: { uplink: 'eth2' } },
    { name: 'one host', match: { source: '198.18.0.9' }, use: { uplink: 'eth3' } },
    { name: 'one server', match: { destination: [two], protocol: ['tcp', 'udp'] }, use: { group: 2 } },
    { name: 'urgent', match: { dscp: 'ef', interface: lan.interface }, use: { uplinks: { eth3: 1 } } },
    { name: 'not here', match: { interface: 'eth9' }, use: { uplink: 'eth3' } },
  ]);
  await site.start();
  const { client } = site.internet;
  client.ip([`addr add 198.18.0.9/24 dev ${lan.interface}`]);
  assert.equal(ask(client, { target: one }), first);
  assert.equal(ask(client, { target: one, protocol: 'tcp' }), first);

  assert.equal(ask(client, { target: one, port: 5060 }), second);
  assert.equal(ask(client, { target: one, port: 5061 }), second);
  assert.equal(ask(client, { target: one, port: 5060, protocol: 'tcp' }), first);

  assert.equal(ask(client, { target: one, source: '198.18.0.9' }), third);
  assert.equal(ask(client, { target: one, source: '198.18.0.9', port: 5060 }), second);

  assert.equal(ask(client, { target: two }), second);
  assert.equal(ask(client, { target: two, protocol: 'tcp' }), second);

  assert.equal(ask(client, { target: three, dscp: 46 }), third);
  assert.equal(ask(client, { target: three, dscp: 46, protocol: 'tcp' }), third);
  assert.equal(ask(client, { target: three, dscp: 10 }), first);
});

test("the router's own connections follow the same policies, unless their sockets are bound", async (t) => {
  const site = await build(t, [
    { name: 'voice', match: toVoice, use: { uplink: 'eth2' } },
    { name: 'own mail', match: { interface: 'lo', destination: two }, use: { uplink: 'eth3' } },
    { name: 'urgent', match: { dscp: 46 }, use: { uplink: 'eth3' } },
  ]);
  await site.start();
  const { router } = site;
  assert.equal(ask(router, { target: one }), first);
  assert.equal(ask(router, { target: one, port: 5060 }), second);
  assert.equal(ask(router, { target: two }), third);
  assert.equal(ask(router, { target: two, protocol: 'tcp' }), third);
  assert.equal(ask(router, { target: one, dscp: 46, protocol: 'tcp' }), third);
  assert.equal(ask(router, { target: one, port: 5060, source: first }), first);
  assert.equal(ask(router, { target: two, device: 'eth1' }), first);
  assert.equal(ask(site.internet.client, { target: two }), first, 'that is not its own');
});

test('a policy leaves its uplink when that fails, and comes back to it', async (t) => {
  const site = await build(t, [{ name: 'server', match: { destination: one }, use: { uplink: 'eth2' } }]);
  await site.start();
  const connections = new Traffic(site.internet.client, { kind: 'udp', targets: [one], every: 5 });
  assert.deepEqual([...countByWay(await connections.next(40)).keys()], [second]);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  const meanwhile = await fresh(connections, 40);
  assert.deepEqual(lost(meanwhile), []);
  assert.deepEqual([...countByWay(meanwhile).keys()], [first]);
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  assert.deepEqual([...countByWay(await fresh(connections, 40)).keys()], [second]);
});

test('a policy goes on with its other uplinks when an interface is deleted', async (t) => {
  const use = { uplinks: { eth2: 3, eth3: 1 } };
  const site = await build(t, [{ name: 'server', match: { destination: one }, use }]);
  await site.start();
  const connections = new Traffic(site.internet.client, { kind: 'udp', targets: [one], every: 5 });
  const ways = countByWay(await connections.next(200));
  assert.deepEqual([...ways.keys()].toSorted(), [second, third]);
  assert.ok((ways.get(second) ?? 0) > (ways.get(third) ?? 0), [...ways].join(' '));
  await site.tells(/Uplink eth2 is down/, () => site.internet.deleteInterface('eth2'));
  const meanwhile = await fresh(connections, 40);
  assert.deepEqual(lost(meanwhile), []);
  assert.deepEqual([...countByWay(meanwhile).keys()], [third]);
});

test('a policy that is told so refuses connections while none of its uplinks works', async (t) => {
  const site = await build(t, [
    { name: 'strict', match: { destination: one }, use: { uplink: 'eth2', else: 'unreachable' } },
    { name: 'silent', match: { destination: two }, use: { uplink: 'eth2', else: 'blackhole' } },
  ]);
  await site.start();
  const { client } = site.internet;
  assert.equal(ask(client, { target: one }), second);
  await site.tells(/Uplink eth2 is down/, () => site.internet.unplug('eth2'));
  assert.throws(() => ask(client, { target: one }), { stderr: /No route to host/ });
  assert.throws(() => ask(site.router, { target: one }), { stderr: /No route to host/ });
  assert.throws(() => ask(client, { target: two }), { signal: 'SIGALRM' });
  assert.equal(ask(client, { target: three }), first);
});

test('a bypass goes by the default route of the main table', async (t) => {
  const site = await build(t, [
    { name: 'internal', match: { destination: [one, two] }, use: 'bypass' },
    { name: 'all others', use: { uplink: 'eth3' } },
  ]);
  site.settings.base_priority = 1000;
  site.router.ip(['route add default via 198.18.11.1 dev eth2', `route add unreachable ${two}`]);
  await site.start();
  const { client } = site.internet;
  assert.equal(ask(client, { target: one }), second);
  assert.throws(() => ask(client, { target: two }), { stderr: /No route to host/ });
  assert.equal(ask(client, { target: three }), third);
});

test('a new policy leaves established connections where they are', async (t) => {
  const site = await build(t, []);
  const { policies: _, ...before } = site.settings;
  Object.assign(site.settings, { policies: undefined });
  await site.start();
  const flows = site.flow();
  assert.equal(flowsBy(await flows.next(120), first).size, 12);
  await site.tells(/Configuration of .* is in force/, () => {
    site.daemon.configure({ ...before, policies: [{ name: 'all', use: { uplink: 'eth3' } }] });
    site.daemon.signal('SIGHUP');
  });
  assert.equal(ask(site.internet.client, { target: one }), third);
  assert.equal(flowsBy(await flows.next(120), first).size, 12);
  assert.deepEqual(lost(await flows.stop()), []);
});

test('policies come, go and change places without a lost connection', async (t) => {
  const toOne = { name: 'one', match: { destination: one }, use: { uplink: 'eth2' } };
  const toTwo = { name: 'two', match: { destination: two }, use: { uplink: 'eth3', else: 'unreachable' } };
  const toVoices = { name: 'voice', match: toVoice, use: { uplink: 'eth3' } };
  const site = await build(t, [toOne, toTwo]);
  await site.start();
  const connections = new Traffic(site.internet.client, {
    kind: 'udp',
    targets: [one, two, three],
    every: 2,
  });
  await connections.next(30);
  for (const policies of [[toTwo, toOne], [toVoices, toTwo, toOne], [toOne], [toOne, toTwo]]) {
    await site.tells(/Configuration of .* is in force/, () => {
      site.daemon.configure({ ...site.settings, policies });
      site.daemon.signal('SIGHUP');
    });
    const ways = await fresh(connections, 60);
    const by = (target: string) => [...countByWay(ways.filter((way) => way.target === target)).keys()];
    assert.deepEqual(
      [by(one), by(two), by(three)],
      [[second], policies.includes(toTwo) ? [third] : [first], [first]],
    );
  }
  assert.deepEqual(lost(await connections.stop()), []);
});

test('policies are repaired, planned and cleared as all that is ours', async (t) => {
  const site = await build(t, [
    { name: 'voice', match: { ...toVoice, dscp: 'ef' }, use: { uplink: 'eth2', else: 'unreachable' } },
  ]);
  await site.start();
  const stands = () => [...site.router.show('rule show'), ...site.router.show('route show table 5')];
  const before = stands();
  assert.ok(before.some((rule) => /^40006:.* dport 5060-5061 .*lookup 5 proto 70$/.test(rule)));
  assert.match(runAction(site.router, 'plan', site.settings), /The kernel is as planned/);
  await site.tells(/changed by somebody, repaired: rule add 40006: .* dscp 46/, () =>
    site.router.ip(['rule del priority 40006']),
  );
  await site.tells(/changed by somebody, repaired: route replace table 5 default/, () =>
    site.router.ip(['route del table 5 default via 198.18.11.1']),
  );
  assert.deepEqual(stands().toSorted(), before.toSorted());
  await site.daemon.end();
  runAction(site.router, 'clear', site.settings);
  assert.ok(stands().every((line) => !line.includes('proto 70')));
});

test('a policy without addresses holds for both families, each with the lines that it has', async (t) => {
  const site = await build(t, [
    { name: 'voice', match: toVoice, use: { uplink: 'eth2', else: 'unreachable' } },
    { name: 'six', match: { destination: targets6[1], dscp: 'ef' }, use: { uplink: 'eth2' } },
  ]);
  addIPv6(site.internet);
  await startEcho(site.internet.core, targets6);
  const { settings } = site;
  settings.uplinks = settings.uplinks.map((uplink) => ({ ...uplink, ipv6: { gateway: gateway6 } }));
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  await site.start();
  const { client } = site.internet;
  const [one6 = '', two6 = ''] = targets6;
  assert.equal(ask(client, { target: one6 }), routerAddress6(0));
  assert.equal(ask(client, { target: one6, port: 5060 }), routerAddress6(1));
  assert.equal(ask(client, { target: one, port: 5060 }), second);
  assert.equal(ask(client, { target: two6, dscp: 46, protocol: 'tcp' }), routerAddress6(1));
  assert.equal(ask(client, { target: two6, protocol: 'tcp' }), routerAddress6(0));
  assert.equal(ask(site.router, { target: one6, port: 5060 }), routerAddress6(1));
  assert.equal(ask(client, { target: four, dscp: 46 }), first);
  await site.tells(/Uplink eth2 IPv6 is down/, () => site.internet.unplug('eth2'));
  assert.throws(() => ask(client, { target: one6, port: 5060 }), {
    stderr: /No route to host|unreachable/,
  });
  assert.equal(ask(client, { target: two6, dscp: 46 }), routerAddress6(0));
});
