/* Run by kernel.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ROUTE_EVENTS, type RouteEvent } from '../../src/netlink/event.ts';
import { policyRoutingFilter } from '../../src/netlink/event-filter.ts';
import {
  EventSocket,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
  type Subscription,
} from '../../src/netlink/event-socket.ts';
import { RTN_UNICAST } from '../../src/netlink/route.ts';
import { Transcript } from '../support/waiting.ts';
import { eth1, ip, ipBatch, kernel } from './host.ts';

const groups = [
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
];
const within = 5000;

type Entry = RouteEvent | 'overrun';

/** What a subscription tells, until the test ends. */
function listen(t: TestContext, subscription: Partial<Subscription<RouteEvent>> = {}): Transcript<Entry> {
  const transcript = new Transcript<Entry>();
  const socket = new EventSocket(
    { source: ROUTE_EVENTS, groups, ...subscription },
    { event: (event) => transcript.add(event), overrun: () => transcript.add('overrun') },
  );
  t.after(() => socket.close());
  return transcript;
}

/** An event in short: "new rule 7", "del route 1001", "new address 198.18.5.5". */
function brief(entry: Entry): string {
  if (entry === 'overrun') return entry;
  const { kind, object, message } = entry;
  switch (object) {
    case 'link':
      return `${kind} link ${message.name}`;
    case 'address':
      return `${kind} address ${message.address}`;
    case 'neighbour':
      return `${kind} neighbour ${message.destination}`;
    case 'rule':
      return `${kind} rule ${message.priority}`;
    case 'route':
      return `${kind} route ${message.table}`;
  }
}

const is = (text: string) => (entry: Entry) => brief(entry) === text;

for (const [what, change, undo, created, deleted] of [
  [
    'an address',
    'addr add 198.18.5.5/32 dev eth1',
    'addr del 198.18.5.5/32 dev eth1',
    'new address 198.18.5.5',
    'del address 198.18.5.5',
  ],
  [
    'an IPv6 address',
    'addr add 2001:db8:5::5/128 dev eth1 nodad',
    'addr del 2001:db8:5::5/128 dev eth1',
    'new address 2001:db8:5::5',
    'del address 2001:db8:5::5',
  ],
  ['a rule', 'rule add priority 7 table 1001', 'rule del priority 7', 'new rule 7', 'del rule 7'],
  ['an IPv6 rule', '-6 rule add priority 8 table 1001', '-6 rule del priority 8', 'new rule 8', 'del rule 8'],
  [
    'a route',
    'route add table 1001 default via 198.18.1.1',
    'route del table 1001 default',
    'new route 1001',
    'del route 1001',
  ],
  [
    'an IPv6 route',
    '-6 route add table 1002 default via 2001:db8:1::1',
    '-6 route del table 1002 default',
    'new route 1002',
    'del route 1002',
  ],
  [
    'a neighbour',
    'neigh add 198.18.1.9 lladdr 02:00:00:00:00:09 dev eth1',
    'neigh del 198.18.1.9 dev eth1',
    'new neighbour 198.18.1.9',
    'del neighbour 198.18.1.9',
  ],
  ['a link', 'link add name br7 type bridge', 'link del br7', 'new link br7', 'del link br7'],
] as const) {
  test(`${what} that comes and goes`, async (t) => {
    const transcript = listen(t);
    for (const [command, text] of [
      [change, created],
      [undo, deleted],
    ] as const) {
      ip(command);
      const event = await transcript.until(is(text), { within });
      assert.ok(event !== 'overrun');
    }
    const [first, last] = [created, deleted].map((text) => transcript.entries.findIndex(is(text)));
    assert.ok(first !== undefined && last !== undefined && first < last);
  });
}

test('our own changes bear the port of our requests, those of others another', async (t) => {
  const transcript = listen(t);
  kernel.replaceRoute({
    family: 4,
    type: RTN_UNICAST,
    table: 1001,
    tos: 0,
    scope: 0,
    protocol: 70,
    flags: 0,
    metric: 0,
    nexthops: [{ gateway: '198.18.1.1', oif: eth1, weight: 1, flags: 0 }],
  });
  ip('route del table 1001 default');
  const ours = await transcript.until(is('new route 1001'), { within });
  const theirs = await transcript.until(is('del route 1001'), { within });
  assert.ok(ours !== 'overrun' && theirs !== 'overrun');
  assert.equal(ours.portId, kernel.portId);
  assert.notEqual(theirs.portId, kernel.portId);
});

test('an interface that leaves a bridge is not told to be gone', async (t) => {
  ip('link add name br8 type bridge');
  ip('link set dev far2 master br8');
  const transcript = listen(t);
  ip('link set dev far2 nomaster');
  ip('link del br8');
  await transcript.until(is('del link br8'), { within });
  assert.deepEqual(
    transcript.entries.map(brief).filter((text) => text.startsWith('del link')),
    ['del link br8'],
  );
});

test('the filter keeps back the routes of the main table but its default, and neighbours that have not failed', async (t) => {
  const transcript = listen(t, { filter: policyRoutingFilter() });
  ipBatch([
    'route add 198.19.0.0/16 via 198.18.1.1',
    'route del 198.19.0.0/16',
    'route add default via 198.18.1.1',
    'route del default',
    'route add default via 2001:db8:1::1',
    'route del default via 2001:db8:1::1',
    'addr add 198.18.6.6/32 dev eth1', // with a route in the local table
    'addr del 198.18.6.6/32 dev eth1',
    'neigh add 198.18.1.7 lladdr 02:00:00:00:00:07 dev eth1',
    'neigh add 198.18.1.8 lladdr 02:00:00:00:00:08 dev eth1',
    'neigh change 198.18.1.8 dev eth1 nud failed',
    'route add table 200 198.19.0.0/16 via 198.18.1.1',
    'route add table 1001 198.19.0.0/16 via 198.18.1.1',
    'rule add priority 9 table 1001',
    'rule del priority 9',
    'route flush table 200',
    'route flush table 1001',
    'link set dev far2 mtu 1400',
    'link set dev far2 mtu 1500',
    'neigh del 198.18.1.8 dev eth1',
    'rule add priority 10 table 1001',
    'rule del priority 10',
  ]);
  await transcript.until(is('del rule 10'), { within });
  const told = [...new Set(transcript.entries.map(brief))];
  assert.deepEqual(told, [
    'new route 254',
    'del route 254',
    'new address 198.18.6.6',
    'del address 198.18.6.6',
    'new neighbour 198.18.1.8',
    'new route 200',
    'new route 1001',
    'new rule 9',
    'del rule 9',
    'del route 200',
    'del route 1001',
    'new link far2',
    'del neighbour 198.18.1.8',
    'new rule 10',
    'del rule 10',
  ]);
});

test('an overrun is told once, after what was left; dumps tell the rest, and events go on', async (t) => {
  const transcript = listen(t, { receiveBuffer: 20_000 });
  const addresses = Array.from({ length: 2000 }, (_, count) => `198.19.${count >> 8}.${count & 255}`);
  // Nothing is received meanwhile: this process waits for `ip`.
  ipBatch(addresses.map((address) => `addr add ${address}/32 dev lo`));
  await transcript.until(is('overrun'), { within });
  assert.equal(transcript.entries.filter(is('overrun')).length, 1);
  const seen = transcript.entries.length - 1;
  assert.ok(seen > 0 && seen < addresses.length);
  assert.equal(transcript.entries.at(-1), 'overrun');

  const there = new Set(kernel.dumpAddresses(4).map(({ local }) => local));
  assert.ok(addresses.every((address) => there.has(address)));

  ip('rule add priority 11 table 1001');
  ip('rule del priority 11');
  await transcript.until(is('del rule 11'), { within });
});

test('nothing is told after the socket was closed, not even what had arrived', async (t) => {
  const told: string[] = [];
  const socket = new EventSocket(
    { source: ROUTE_EVENTS, groups },
    {
      event: (event) => {
        told.push(brief(event));
        socket.close();
      },
      overrun: () => assert.fail(),
    },
  );
  const other = listen(t);
  ip('rule add priority 12 table 1001');
  ip('rule del priority 12');
  await other.until(is('del rule 12'), { within });
  assert.deepEqual(told, ['new rule 12']);
});

test('a ping is answered by the way of the events, past the filter', async (t) => {
  const answers = new Transcript<string>();
  const socket = new EventSocket(
    { source: ROUTE_EVENTS, groups, filter: policyRoutingFilter() },
    { event: () => undefined, overrun: () => assert.fail() },
  );
  t.after(() => socket.close());
  socket.ping(() => answers.add('first'));
  await answers.until(() => true, { within });
  socket.ping(() => answers.add('second'));
  await answers.until((answer) => answer === 'second', { within });
  assert.deepEqual(answers.entries, ['first', 'second']);
});

test('a ping is answered by the way of requests', () => {
  kernel.ping();
});
