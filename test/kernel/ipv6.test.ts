import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { countByWay } from '../support/exchange.ts';
import { connect6, gateway6, impair6, mend6, plug6, routerAddress6 } from '../support/ipv6.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { devices6, dualStack } from './dual-stack.ts';
import { devicesOf } from './policy.ts';
import { fresh, lost, type UplinkSection } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

test('IPv6 is balanced beside IPv4, and each family leaves a line that is dead for it alone', async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  assert.deepEqual(devices6(site).toSorted(), ['eth1', 'eth2']);
  const [connections, connections6] = [site.connect(), connect6(site.internet)];
  const ways = countByWay(await connections6.next(60));
  assert.deepEqual([...ways.keys()].toSorted(), [routerAddress6(0), routerAddress6(1)]);

  await site.tells(/Uplink eth1 IPv6 is down: no reply from/, () => impair6(site.internet, 'eth1'));
  assert.deepEqual(devices6(site), ['eth2']);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'eth2']);
  assert.deepEqual(lost(await fresh(connections6, 60)), []);

  await site.tells(/Uplink eth1 IPv6 is up/, () => mend6(site.internet));
  assert.deepEqual(devices6(site).toSorted(), ['eth1', 'eth2']);
  assert.deepEqual(lost(await connections.stop()), [], 'IPv4 has not noticed');
});

test('a pulled cable costs IPv6 no new connection, and the whole uplink goes and comes back', async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  const connections = connect6(site.internet);
  assert.deepEqual(lost(await connections.next(50)), []);
  await site.tells([/Uplink eth1 is down: no carrier/, /Uplink eth1 IPv6 is down: no carrier/], () =>
    site.internet.unplug('eth1'),
  );
  assert.deepEqual(lost(await fresh(connections, 60)), []);
  await site.tells([/Uplink eth1 is up/, /Uplink eth1 IPv6 is up/], () => plug6(site.internet, 'eth1'));
  const ways = countByWay(await fresh(connections, 80));
  assert.deepEqual([...ways.keys()].toSorted(), [routerAddress6(0), routerAddress6(1)]);
});

test('an interface that is set down and up again has its IPv6 routes back', async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  const connections = connect6(site.internet);
  await connections.next(20);
  await site.tells(/Uplink eth1 IPv6 is down: interface eth1 is down/, () =>
    site.internet.setLink('eth1', 'down'),
  );
  assert.deepEqual(lost(await fresh(connections, 60)), []);
  await site.tells(/Uplink eth1 IPv6 is up/, () => site.internet.setLink('eth1', 'up'));
  assert.deepEqual(devices6(site).toSorted(), ['eth1', 'eth2']);
});

test("what an administrator does to IPv6 rules and routes is repaired, and others' stay", async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  const before = () => site.router.show('-6 rule show').toSorted();
  const rules = before();
  await site.tells(/changed by somebody, repaired: -6 rule add/, () =>
    site.router.exec(['ip', '-6', 'rule', 'del', 'priority', '40001']),
  );
  assert.deepEqual(before(), rules);
  await site.tells(/changed by somebody, repaired: -6 route replace/, () =>
    site.router.exec(['ip', '-6', 'route', 'flush', 'table', String(site.balancing)]),
  );
  assert.deepEqual(devices6(site).toSorted(), ['eth1', 'eth2']);
});

test('connections that come in by an uplink are answered by it', async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  await startEcho(site.internet.client, ['2001:db8:100::2']);
  site.router.nft(
    'table ip6 inward { chain in { type nat hook prerouting priority dstnat; iifname { "eth1", "eth2" } udp dport 7 dnat to 2001:db8:100::2; }; }',
  );
  const asked = [routerAddress6(0), routerAddress6(1)];
  const outside = new Traffic(site.internet.core, { kind: 'udp', targets: asked, every: 5 });
  assert.deepEqual(lost(await outside.take(60)), []);
});

test('a tunnel without a gateway is balanced beside another line', async (t) => {
  const site = await dualStack(t, [{ name: 'tun0', kind: 'ppp' }, { name: 'eth2' }]);
  Object.assign(site.settings.uplinks[0] ?? {}, { ipv6: {} });
  await site.start();
  assert.deepEqual(devices6(site).toSorted(), ['eth2', 'tun0']);
  assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
  const ways = countByWay(await connect6(site.internet).take(60));
  assert.deepEqual([...ways.keys()].toSorted(), [routerAddress6(0), routerAddress6(1)]);
});

test('hosts with addresses of a provider leave by its line alone', async (t) => {
  const site = await dualStack(t, lines);
  const { client, provider } = site.internet;
  const [prefix, host] = ['2001:db8:2:1::/64', '2001:db8:2:1::2'];
  const [first, second] = site.settings.uplinks as [UplinkSection, UplinkSection];
  site.settings.uplinks = [first, { ...second, ipv6: { gateway: gateway6, translate: 'none', prefix } }];
  site.router.nft('flush chain ip6 translation translate');
  site.router.ip(['addr add 2001:db8:2:1::1/64 dev eth0 nodad']);
  client.ip([
    'addr del 2001:db8:100::2/64 dev eth0',
    `addr add ${host}/64 dev eth0 nodad`,
    'route replace default via 2001:db8:2:1::1',
  ]);
  provider.nft(`insert rule ip6 strict in iifname "eth2" ip6 saddr ${prefix} accept`);
  provider.ip([`route add ${prefix} via ${routerAddress6(1)} dev eth2`]);
  await site.start();
  const ways = countByWay(await connect6(site.internet).take(60));
  assert.deepEqual([...ways.keys()], [host]);
});
