/* Run by kernel.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, test } from 'node:test';
import { RTNH_F_LINKDOWN } from '../../src/netlink/nexthop.ts';
import { RT_SCOPE_UNIVERSE, RTN_UNICAST, type RouteMessage } from '../../src/netlink/route.ts';
import { eth1, eth2, ip, ipBatch, kernel, PROTOCOL } from './host.ts';

afterEach(() => {
  for (const rest of [
    'nexthop flush',
    `rule flush protocol ${PROTOCOL}`,
    `-6 rule flush protocol ${PROTOCOL}`,
  ])
    ip(rest);
  // `ip` takes it for an error when there is no such table.
  for (const table of [1001, 1002])
    for (const family of [4, 6]) spawnSync('ip', [`-${family}`, 'route', 'flush', 'table', String(table)]);
});

function route(properties: Partial<RouteMessage>): RouteMessage {
  const base = {
    family: 4,
    type: RTN_UNICAST,
    table: 1001,
    tos: 0,
    scope: RT_SCOPE_UNIVERSE,
    flags: 0,
    metric: 0,
  } as const;
  return { ...base, protocol: PROTOCOL, nexthops: [via('198.18.1.1')], ...properties };
}

const via = (gateway: string, oif = eth1, weight = 1) => ({ gateway, oif, weight, flags: 0 });

test('a route is replaced in one step, in tables beyond 255 too', () => {
  const single = route({ source: '198.18.1.2' });
  const multipath = route({ nexthops: [via('198.18.1.1'), via('198.18.2.1', eth2, 256)] });
  kernel.replaceRoute(single);
  kernel.replaceRoute({ ...single, table: 1002 });
  assert.deepEqual(ip('route show table 1001'), ['default via 198.18.1.1 dev eth1 proto 70 src 198.18.1.2']);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001 }), [single]);
  kernel.replaceRoute(multipath);
  assert.deepEqual(ip('route show table 1001'), [
    'default proto 70',
    'nexthop via 198.18.1.1 dev eth1 weight 1',
    'nexthop via 198.18.2.1 dev eth2 weight 256',
  ]);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001 }), [multipath]);
  kernel.deleteRoute(multipath);
  assert.deepEqual(ip('route show table 1001'), []);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1002 }), [{ ...single, table: 1002 }]);
  assert.throws(() => kernel.deleteRoute(multipath), { operation: 'delete route', code: 'ESRCH' });
});

test('IPv6 routes', () => {
  const multipath = route({
    family: 6,
    metric: 1024,
    nexthops: [via('2001:db8:1::1', eth1, 3), via('2001:db8:1::9')],
  });
  kernel.replaceRoute(route({ family: 6, nexthops: [via('2001:db8:1::1')] }));
  kernel.replaceRoute(multipath);
  const [{ others: _, ...dumped } = multipath, ...more] = kernel.dumpRoutes({ family: 6, table: 1001 });
  assert.deepEqual(dumped, multipath);
  assert.deepEqual(more, []);
  kernel.deleteRoute(multipath);
  assert.deepEqual(kernel.dumpRoutes({ family: 6, table: 1001 }), []);
});

test('the kernel leaves out what a dump does not ask for', () => {
  kernel.replaceRoute(route({}));
  ip('route add table 1001 198.19.0.0/16 via 198.18.1.1 proto 3');
  assert.equal(kernel.dumpRoutes({ family: 4, table: 1001 }).length, 2);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001, protocol: PROTOCOL }), [route({})]);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, protocol: PROTOCOL }), [route({})]);
  assert.ok(kernel.dumpRoutes({ family: 4 }).some(({ table }) => table === 255));
  for (const family of [4, 6] as const) assert.deepEqual(kernel.dumpRoutes({ family, table: 999_999 }), []);
});

test('default routes over an interface, alone or among others', () => {
  kernel.replaceRoute(route({ metric: 5, nexthops: [via('198.18.1.1'), via('198.18.2.1', eth2)] }));
  kernel.replaceRoute(route({ metric: 7, nexthops: [via('198.18.2.1', eth2)] }));
  ip('route add table 1001 198.19.0.0/16 via 198.18.2.1');
  const metrics = (oif: number) =>
    kernel.dumpDefaultRoutes({ family: 4, table: 1001, oif }).map(({ metric }) => metric);
  assert.deepEqual(metrics(eth1), [5]);
  assert.deepEqual(metrics(eth2), [5, 7]);
  assert.deepEqual(metrics(999), []);
  ip('-6 route add table 1001 default via 2001:db8:1::1 dev eth1');
  const [found] = kernel.dumpDefaultRoutes({ family: 6, table: 1001, oif: eth1 });
  assert.equal(found?.nexthops[0]?.gateway, '2001:db8:1::1');
  assert.deepEqual(kernel.dumpDefaultRoutes({ family: 6, table: 1001, oif: eth2 }), []);
});

for (const foreign of [
  '198.19.0.0/16 via inet6 fe80::1 dev eth1',
  'default nexthop via inet6 fe80::1 dev eth1 nexthop dev eth2 weight 3',
  'default nhid 7',
  'unreachable default metric 9',
  '198.18.9.1 via 198.18.9.9 dev eth1 onlink mtu 1400',
  '198.18.9.0/24 dev eth1 scope link',
]) {
  test(`a route that others made ("${foreign}") is read, deleted and put back`, () => {
    ip('nexthop add id 7 via 198.18.1.1 dev eth1');
    ip(`-4 route add table 1001 ${foreign}`);
    const before = ip('route show table 1001');
    const [dumped] = kernel.dumpRoutes({ family: 4, table: 1001 });
    assert.ok(dumped);
    kernel.deleteRoute(dumped);
    assert.deepEqual(ip('route show table 1001'), []);
    kernel.replaceRoute(dumped);
    assert.deepEqual(ip('route show table 1001'), before);
  });
}

test('a route tells which of its nexthops have no carrier, and is deleted all the same', async () => {
  kernel.replaceRoute(route({ nexthops: [via('198.18.1.1'), via('198.18.2.1', eth2)] }));
  ip('link set dev far2 down');
  const [dumped] = kernel.dumpRoutes({ family: 4, table: 1001 });
  assert.ok(dumped);
  assert.deepEqual(
    dumped.nexthops.map(({ flags }) => flags & RTNH_F_LINKDOWN),
    [0, RTNH_F_LINKDOWN],
  );
  kernel.deleteRoute(dumped);
  ip('link set dev far2 up');
});

test('what the kernel refuses is said in its own words', () => {
  assert.throws(() => kernel.replaceRoute(route({ nexthops: [via('198.19.0.1')] })), {
    name: 'NetlinkError',
    message: 'replace route: ENETUNREACH: Nexthop has invalid gateway',
    operation: 'replace route',
    code: 'ENETUNREACH',
    errno: 101,
    kernelText: 'Nexthop has invalid gateway',
  });
  assert.throws(() => kernel.replaceRoute(route({ source: '198.18.7.7' })), {
    code: 'EINVAL',
    kernelText: 'Invalid prefsrc address',
  });
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001 }), []);
});

test('the way of a packet by its mark, its source and its interface', () => {
  kernel.replaceRoute(route({}));
  kernel.replaceRoute(route({ table: 1002, nexthops: [via('198.18.2.1', eth2)] }));
  ip(`rule add fwmark 3 lookup 1001 protocol ${PROTOCOL}`);
  ip(`rule add from 198.18.2.2 lookup 1002 protocol ${PROTOCOL}`);
  ip(`rule add oif eth2 lookup 1002 protocol ${PROTOCOL}`);
  const destination = '198.19.0.1';
  const marked = kernel.getRoute({ destination, mark: 3 });
  assert.deepEqual(marked.nexthops, [via('198.18.1.1')]);
  assert.equal(marked.table, 1001);
  assert.equal(marked.source, '198.18.1.2');
  for (const query of [{ source: '198.18.2.2' }, { oif: eth2 }]) {
    const { table, nexthops } = kernel.getRoute({ destination, ...query });
    assert.deepEqual([table, nexthops], [1002, [via('198.18.2.1', eth2)]]);
  }
  assert.throws(() => kernel.getRoute({ destination }), { operation: 'look up route', code: 'ENETUNREACH' });
});

test('the way of an IPv6 packet, and of one of a protocol, a port and a class', () => {
  const hop = (gateway: string) => ({ gateway, oif: eth1, weight: 1, flags: 0 });
  const six = { family: 6, scope: 0, metric: 1024 } as const;
  kernel.replaceRoute(route({ ...six, nexthops: [hop('2001:db8:1::1')] }));
  kernel.replaceRoute(route({ ...six, table: 1002, nexthops: [hop('2001:db8:1::9')] }));
  ip(`-6 rule add priority 100 ipproto tcp sport 1000 dport 443 lookup 1002 protocol ${PROTOCOL}`);
  ip(`-6 rule add priority 101 tos 0x10 lookup 1002 protocol ${PROTOCOL}`);
  ip(`-6 rule add priority 102 lookup 1001 protocol ${PROTOCOL}`);
  const destination = '2001:db8:ffff::1';
  const tables = [
    {},
    { ipProtocol: 6, sport: 1000, dport: 443 },
    { ipProtocol: 6, sport: 1000, dport: 444 },
    { dscp: 4 },
  ].map((query) => kernel.getRoute({ destination, ...query }).table);
  assert.deepEqual(tables, [1001, 1002, 1001, 1002]);
  assert.equal(kernel.getRoute({ destination }, 'entry').nexthops[0]?.gateway, '2001:db8:1::1');
});

test('a dump of many datagrams is whole', () => {
  const lines = Array.from(
    { length: 2000 },
    (_, count) => `route add table 1001 198.19.${count >> 8}.${count & 255} dev eth1`,
  );
  ipBatch(lines);
  const hops = Array.from({ length: 64 }, (_, count) => via('198.18.1.1', eth1, count + 1));
  kernel.replaceRoute(route({ nexthops: hops }));
  const dumped = kernel.dumpRoutes({ family: 4, table: 1001 });
  assert.equal(dumped.length, 2001);
  assert.deepEqual(dumped.find(({ destination }) => destination === undefined)?.nexthops, hops);
});
