/* Run by kernel.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { after, afterEach, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { SOCK_RAW, Socket } from '../../src/native.ts';
import { AF_NETLINK, netlinkAddress } from '../../src/native/sockaddr.ts';
import { NetlinkError } from '../../src/netlink/error.ts';
import { IFF_LOWER_UP, IFF_UP } from '../../src/netlink/link.ts';
import { NLMSG_ERROR, writeMessage } from '../../src/netlink/message.ts';
import { NUD_FAILED, NUD_PERMANENT } from '../../src/netlink/neighbour.ts';
import { RTNH_F_LINKDOWN } from '../../src/netlink/nexthop.ts';
import { RT_SCOPE_UNIVERSE, RTN_UNICAST, type RouteMessage } from '../../src/netlink/route.ts';
import { RtNetlink } from '../../src/netlink/rtnetlink.ts';
import { FR_ACT_TO_TBL, type RuleMessage } from '../../src/netlink/rule.ts';

const PROTOCOL = 70;
const eth1 = 11;
const eth2 = 21;

const kernel = new RtNetlink();
after(() => kernel.close());
afterEach(() => {
  for (const rest of [
    'nexthop flush',
    `rule flush protocol ${PROTOCOL}`,
    `-6 rule flush protocol ${PROTOCOL}`,
  ])
    shell(rest);
  // `ip` takes it for an error when there is no such table.
  for (const table of [1001, 1002])
    for (const family of [4, 6]) spawnSync('ip', [`-${family}`, 'route', 'flush', 'table', String(table)]);
});

function ip(...words: readonly string[]): string[] {
  const text = execFileSync('ip', ['-N', ...words], { encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const shell = (command: string) => ip(...command.split(' '));

function rule(properties: Partial<RuleMessage>): RuleMessage {
  const base = { family: 4, priority: 100, action: FR_ACT_TO_TBL, tos: 0, table: 1001, flags: 0 } as const;
  return { ...base, protocol: PROTOCOL, ...properties };
}

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

test('links', () => {
  shell('link add name br0 type bridge');
  shell('link set dev far2 master br0');
  const links = kernel.dumpLinks();
  const named = (name: string) => links.find((link) => link.name === name);
  const { statistics, ...link } = named('eth1') ?? assert.fail('there is no eth1');
  assert.equal(link.index, eth1);
  assert.equal(link.kind, 'veth');
  assert.equal(link.carrier, true);
  assert.equal(link.mtu, 1500);
  assert.equal(link.flags & (IFF_UP | IFF_LOWER_UP), IFF_UP | IFF_LOWER_UP);
  assert.ok(statistics);
  assert.equal(named('far2')?.master, named('br0')?.index);
  assert.equal(named('lo')?.kind, undefined);
  shell('link delete br0');
});

test('addresses', () => {
  const common = { family: 4, scope: 0, flags: 0x80 } as const;
  assert.deepEqual(
    kernel.dumpAddresses(4).filter(({ index }) => index !== 1),
    [
      { ...common, index: eth1, prefixLength: 24, local: '198.18.1.2', address: '198.18.1.2', label: 'eth1' },
      { ...common, index: eth2, prefixLength: 32, local: '198.18.2.2', address: '198.18.2.1', label: 'eth2' },
    ],
  );
  assert.ok(kernel.dumpAddresses(6).some(({ address }) => address === '2001:db8:1::2'));
});

test('neighbours, of all interfaces and of one', () => {
  shell('neigh add 198.18.1.9 lladdr 02:00:00:00:00:09 dev eth1 nud permanent');
  shell('neigh add 198.18.2.9 dev eth2 nud failed');
  const one = {
    family: 4,
    index: eth1,
    state: NUD_PERMANENT,
    destination: '198.18.1.9',
    linkLayer: '02:00:00:00:00:09',
  };
  const other = { family: 4, index: eth2, state: NUD_FAILED, destination: '198.18.2.9' };
  assert.deepEqual(kernel.dumpNeighbours(4, eth1), [one]);
  assert.deepEqual(kernel.dumpNeighbours(4, eth2), [other]);
  assert.equal(kernel.dumpNeighbours(4).length, 2);
  shell('neigh flush all nud all');
});

for (const [family, source, shown] of [
  [4, { address: '198.18.1.2', length: 32 }, 'from 198.18.1.2'],
  [6, { address: '2001:db8:1::', length: 48 }, 'from 2001:db8:1::/48'],
] as const) {
  const listed = () => ip(`-${family}`, 'rule', 'show', 'priority', '100');

  test(`IPv${family} rules are added and deleted`, () => {
    const rules: [RuleMessage, string][] = [
      [rule({ family, source }), `100:	${shown} lookup 1001 proto 70`],
      [rule({ family, mark: 3, mask: 0xff }), '100:	from all fwmark 0x3/0xff lookup 1001 proto 70'],
      [rule({ family, oifname: 'eth1' }), '100:	from all oif eth1 lookup 1001 proto 70'],
      [rule({ family, oifname: 'ppp0' }), '100:	from all oif ppp0 [detached] lookup 1001 proto 70'],
      [
        rule({ family, table: 254, suppressPrefixLength: 0 }),
        '100:	from all lookup 254 suppress_prefixlength 0 proto 70',
      ],
    ];
    for (const [message, text] of rules) {
      kernel.addRule(message);
      assert.deepEqual(listed(), [text]);
      assert.throws(() => kernel.addRule(message), { message: 'add rule: EEXIST: file already exists' });
      const [dumped] = kernel.dumpRules(family).filter(({ priority }) => priority === 100);
      assert.ok(dumped);
      kernel.deleteRule(dumped);
      assert.deepEqual(listed(), []);
      assert.throws(() => kernel.deleteRule(message), { operation: 'delete rule', code: 'ENOENT' });
    }
  });
}

for (const foreign of [
  'lookup 1001 protocol 3',
  'from 198.18.1.2 lookup 1001 protocol 3',
  'fwmark 3 lookup 1001 protocol 3',
  'oif eth1 lookup 1001 protocol 3',
  'lookup 1001',
]) {
  test(`a rule of another ("${foreign}") stays when ours of the same priority goes`, () => {
    shell(`rule add priority 100 ${foreign}`);
    const before = ip('rule', 'show', 'priority', '100');
    kernel.addRule(rule({}));
    kernel.deleteRule(rule({}));
    assert.deepEqual(ip('rule', 'show', 'priority', '100'), before);
    shell('rule delete priority 100');
  });
}

test('nothing of what a rule asks for is lost', () => {
  for (const words of [
    'not from 198.18.0.0/16 to 198.19.0.0/16 tos 0x10 iif eth1 unreachable protocol 70',
    'ipproto tcp sport 1000-2000 dport 25 uidrange 1-2 lookup 1001 protocol 70',
    'lookup 1001 suppress_ifgroup 3 protocol 70',
    'goto 32766 protocol 70',
  ]) {
    shell(`rule add priority 100 ${words}`);
    const before = ip('rule', 'show', 'priority', '100');
    const [dumped] = kernel.dumpRules(4).filter(({ priority }) => priority === 100);
    assert.ok(dumped);
    kernel.deleteRule(dumped);
    assert.deepEqual(ip('rule', 'show', 'priority', '100'), []);
    kernel.addRule(dumped);
    assert.deepEqual(ip('rule', 'show', 'priority', '100'), before);
    kernel.deleteRule(dumped);
  }
});

test('a route is replaced in one step, in tables beyond 255 too', () => {
  const single = route({ source: '198.18.1.2' });
  const multipath = route({ nexthops: [via('198.18.1.1'), via('198.18.2.1', eth2, 256)] });
  kernel.replaceRoute(single);
  kernel.replaceRoute({ ...single, table: 1002 });
  assert.deepEqual(shell('route show table 1001'), [
    'default via 198.18.1.1 dev eth1 proto 70 src 198.18.1.2',
  ]);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001 }), [single]);
  kernel.replaceRoute(multipath);
  assert.deepEqual(shell('route show table 1001'), [
    'default proto 70',
    'nexthop via 198.18.1.1 dev eth1 weight 1',
    'nexthop via 198.18.2.1 dev eth2 weight 256',
  ]);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001 }), [multipath]);
  kernel.deleteRoute(multipath);
  assert.deepEqual(shell('route show table 1001'), []);
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
  shell('route add table 1001 198.19.0.0/16 via 198.18.1.1 proto 3');
  assert.equal(kernel.dumpRoutes({ family: 4, table: 1001 }).length, 2);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, table: 1001, protocol: PROTOCOL }), [route({})]);
  assert.deepEqual(kernel.dumpRoutes({ family: 4, protocol: PROTOCOL }), [route({})]);
  assert.ok(kernel.dumpRoutes({ family: 4 }).some(({ table }) => table === 255));
  for (const family of [4, 6] as const) assert.deepEqual(kernel.dumpRoutes({ family, table: 999_999 }), []);
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
    shell('nexthop add id 7 via 198.18.1.1 dev eth1');
    shell(`-4 route add table 1001 ${foreign}`);
    const before = shell('route show table 1001');
    const [dumped] = kernel.dumpRoutes({ family: 4, table: 1001 });
    assert.ok(dumped);
    kernel.deleteRoute(dumped);
    assert.deepEqual(shell('route show table 1001'), []);
    kernel.replaceRoute(dumped);
    assert.deepEqual(shell('route show table 1001'), before);
  });
}

test('a route tells which of its nexthops have no carrier, and is deleted all the same', async () => {
  kernel.replaceRoute(route({ nexthops: [via('198.18.1.1'), via('198.18.2.1', eth2)] }));
  shell('link set dev far2 down');
  const [dumped] = kernel.dumpRoutes({ family: 4, table: 1001 });
  assert.ok(dumped);
  assert.deepEqual(
    dumped.nexthops.map(({ flags }) => flags & RTNH_F_LINKDOWN),
    [0, RTNH_F_LINKDOWN],
  );
  kernel.deleteRoute(dumped);
  shell('link set dev far2 up');
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
  kernel.addRule(rule({ mark: 3 }));
  kernel.addRule(rule({ source: { address: '198.18.2.2', length: 32 }, table: 1002 }));
  kernel.addRule(rule({ oifname: 'eth2', table: 1002 }));
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

test('nobody but the kernel answers', (t) => {
  const asking = new RtNetlink();
  const forger = new Socket(AF_NETLINK, SOCK_RAW, 0);
  t.after(() => asking.close());
  t.after(() => forger.close());
  const address = netlinkAddress();
  new DataView(address.buffer).setUint32(4, asking.portId, true); // nl_pid
  const payload = new Uint8Array(Int32Array.of(-1, 16, 0, 0, 0).buffer);
  forger.send(
    writeMessage({ type: NLMSG_ERROR, flags: 0x100, sequence: 1, portId: asking.portId, payload }),
    address,
  );
  assert.ok(asking.dumpLinks().length > 0);
});

test('a dump of many datagrams is whole', () => {
  const lines = Array.from(
    { length: 2000 },
    (_, count) => `route add table 1001 198.19.${count >> 8}.${count & 255} dev eth1`,
  );
  execFileSync('ip', ['-batch', '-'], { input: lines.join('\n') });
  const hops = Array.from({ length: 64 }, (_, count) => via('198.18.1.1', eth1, count + 1));
  kernel.replaceRoute(route({ nexthops: hops }));
  const dumped = kernel.dumpRoutes({ family: 4, table: 1001 });
  assert.equal(dumped.length, 2001);
  assert.deepEqual(dumped.find(({ destination }) => destination === undefined)?.nexthops, hops);
});

test('under churn a dump is whole, or says that it could not be', async () => {
  const many = (second: number) =>
    Array.from({ length: 1000 }, (_, count) => `198.${second}.${100 + (count >> 8)}.${count & 255}`);
  const [moving, staying] = [many(18), many(19)];
  const add = (address: string) => `addr add ${address}/32 dev lo`;
  execFileSync('ip', ['-batch', '-'], { input: [...moving, ...staying].map(add).join('\n') });
  // Each goes from the head of the kernel's list to its end: a dump that stands between loses one of those that stay.
  const move = moving.map((address) => `addr del ${address}/32 dev lo\n${add(address)}\n`).join('');
  const other = spawn('ip', ['-batch', '-'], { stdio: ['pipe', 'inherit', 'inherit'] });
  other.stdin.end(move.repeat(5));
  let running = true;
  const ended = once(other, 'exit').finally(() => (running = false));

  const wanted = new Set(staying);
  const dump = () => {
    const seen = kernel.dumpAddresses(4).map(({ local }) => local ?? '');
    assert.equal(new Set(seen).size, seen.length, 'an address was told twice');
    assert.equal(seen.filter((address) => wanted.has(address)).length, wanted.size, 'an address is missing');
  };
  while (running) {
    try {
      dump();
    } catch (error) {
      if (!(error instanceof NetlinkError && error.code === 'EINTR')) throw error;
    }
    await turn();
  }
  assert.deepEqual(await ended, [0, null]);
  dump();
});
