import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Packet } from '../../src/kernel/kernel.ts';
import { decisionOf, lookup, refusal } from '../../src/kernel/lookup.ts';
import type { Route } from '../../src/network/route.ts';
import { formatRule, type PolicyRule } from '../../src/network/rule.ts';
import { runTestsInside } from '../support/inside.ts';
import { Laboratory } from '../support/namespace.ts';
import { inFamily } from './counterpart.ts';

const rule = (priority: number, values: Partial<PolicyRule> = {}): PolicyRule => ({
  family: 4,
  priority,
  table: 1,
  protocol: 70,
  not: false,
  tos: 0,
  action: 'lookup',
  more: false,
  ...values,
});

const route = (values: Partial<Route> = {}): Route => ({
  family: 4,
  type: 'unicast',
  table: 1,
  metric: 0,
  nexthops: [{ gateway: '198.18.1.1', device: 'eth1', weight: 1 }],
  protocol: 70,
  ...values,
});

const prefix = (text: string) => {
  const [address = '', length = '32'] = text.split('/');
  return { address, length: Number(length) };
};

/** What becomes of the rules in front of one that takes everything, in a word each. */
function outcomes(
  packet: Partial<Packet>,
  rules: readonly PolicyRule[],
  routes: readonly Route[] = [route()],
) {
  const all = [...rules, rule(900)];
  const steps = lookup({ destination: '198.19.0.1', mark: 0, ...packet }, all, (table) =>
    routes.filter((one) => one.table === table),
  );
  return steps.map((step) => (step.outcome === 'other' ? step.because : step.outcome));
}

describe('a rule is for a packet', () => {
  for (const [what, values, packet, expected] of [
    ['from its source', { from: prefix('198.18.0.0/24') }, { source: '198.18.0.2' }, 'decided'],
    ['from no other', { from: prefix('198.18.0.0/24') }, { source: '198.18.1.2' }, 'source differs'],
    ['but not from one without a source', { from: prefix('198.18.0.0/24') }, {}, 'source differs'],
    [
      'which IPv6 does not take for an unspecified one',
      { from: prefix('::/8') },
      { destination: '2001:db8::1' },
      'source differs',
    ],
    ['to its destination', { to: prefix('198.19.0.0/31') }, {}, 'decided'],
    ['to no other', { to: prefix('198.19.0.2') }, {}, 'destination differs'],
    ['with its mark', { mark: { value: 1, mask: 0xff } }, { mark: 0x101 }, 'decided'],
    ['with no other', { mark: { value: 1, mask: 0xffff } }, { mark: 0x101 }, 'mark differs'],
    ['that has none', { mark: { value: 1, mask: 0xff } }, {}, 'no mark'],
    ['from its interface', { iif: 'eth0' }, { iif: 'eth0' }, 'decided'],
    ['from no other interface', { iif: 'eth0' }, {}, 'comes from elsewhere'],
    ['of this host', { iif: 'lo' }, {}, 'decided'],
    ['of a socket that is bound, as none is here', { oif: 'eth1' }, {}, 'not bound to eth1'],
    ['with its TOS, which is none here', { tos: 0x10 }, {}, 'TOS differs'],
    ['unless it is for all others', { not: true }, {}, 'it is for all others'],
    ['that it does not describe', { not: true, tos: 0x10 }, {}, 'decided'],
    [
      'to its destination in IPv6',
      { to: prefix('2001:db8::/32') },
      { destination: '2001:db8::1' },
      'decided',
    ],
    ['that is UDP where nothing else is said', { ipProtocol: 17 }, {}, 'decided'],
    ['of its protocol alone', { ipProtocol: 17 }, { ipProtocol: 6 }, 'protocol differs'],
    ['to its ports', { dport: { first: 5060, last: 5061 } }, { dport: 5061 }, 'decided'],
    ['to no other port', { dport: { first: 5060, last: 5061 } }, { dport: 5062 }, 'port differs'],
    ['to a port that is not known', { dport: { first: 5060, last: 5061 } }, {}, 'no port is known'],
    ['from its port', { sport: { first: 123, last: 123 } }, { sport: 123 }, 'decided'],
    ['from no other port', { sport: { first: 123, last: 123 } }, { sport: 122 }, 'source port differs'],
    ['of its class', { dscp: 46 }, { dscp: 46 }, 'decided'],
    ['of no other class', { dscp: 46 }, {}, 'DSCP differs'],
    ['of the class in its TOS', { tos: 0x10 }, { dscp: 4 }, 'decided'],
    ['perhaps', { more: true }, {}, 'unknown'],
    ['certainly not', { more: true, tos: 0x10 }, {}, 'TOS differs'],
    ['certainly', { more: true, tos: 0x10, not: true }, {}, 'decided'],
  ] as const) {
    test(what, () => assert.equal(outcomes(packet, [rule(100, values)])[0], expected));
  }
});

describe('a rule', () => {
  test('whose table has no route leaves the packet to the next', () =>
    assert.deepEqual(outcomes({}, [rule(100, { table: 7 })]), ['no-route', 'decided']));

  test('does not take a route that leads to too much', () => {
    const narrow = route({ destination: prefix('198.19.0.0/16') });
    const suppressing = rule(100, { suppressPrefixLength: 0 });
    assert.deepEqual(outcomes({}, [suppressing]), ['suppressed', 'decided']);
    assert.deepEqual(outcomes({}, [suppressing], [route(), narrow]), ['decided']);
  });

  test('may lead to a later one', () =>
    assert.deepEqual(outcomes({}, [rule(100, { action: 'goto', target: 900 }), rule(101)]), [
      'passed',
      'decided',
    ]));

  test('may do nothing, or lead nowhere', () => {
    const idle = [rule(100, { action: 'nop' }), rule(101, { action: 'goto', target: 555 })];
    assert.deepEqual(outcomes({}, idle), ['passed', 'passed', 'decided']);
  });
});

describe('the packet is refused', () => {
  const refused = (rules: readonly PolicyRule[], routes: readonly Route[]) =>
    refusal(decisionOf(lookup({ destination: '198.19.0.1', mark: 0 }, rules, () => routes)));

  for (const [type, code] of [
    ['unicast', undefined],
    ['local', undefined],
    ['blackhole', 'EINVAL'],
    ['unreachable', 'EHOSTUNREACH'],
    ['prohibit', 'EACCES'],
    ['throw', 'ENETUNREACH'],
  ] as const) {
    test(`or not, by a route of type ${type}`, () =>
      assert.equal(refused([rule(1)], [route({ type })]), code));
  }

  for (const [action, code] of [
    ['blackhole', 'EINVAL'],
    ['unreachable', 'ENETUNREACH'],
    ['prohibit', 'EACCES'],
  ] as const) {
    test(`by a rule "${action}"`, () => assert.equal(refused([rule(1, { action })], [route()]), code));
  }

  test('when a line without carrier is passed over and the last route refuses', () => {
    const dead = route({ nexthops: [{ device: 'eth1', weight: 1, dead: true }] });
    const last = route({ type: 'unreachable', metric: 0xffff_ffff, nexthops: [] });
    assert.equal(refused([rule(1)], [last, dead]), 'EHOSTUNREACH');
  });
});

test('rules of others are written as `ip rule` does', () => {
  const values = { not: true, from: prefix('198.18.0.0/16'), to: prefix('198.19.0.1'), tos: 16, iif: 'eth0' };
  const [ports, port] = [
    { first: 1000, last: 2000 },
    { first: 5060, last: 5060 },
  ];
  const texts = [
    rule(100, { ...values, mark: { value: 0, mask: 15 } }),
    rule(101, { action: 'goto', target: 32_766 }),
    rule(102, { action: 'unreachable', more: true, protocol: 0 }),
    rule(103, { ipProtocol: 17, sport: ports, dport: port, dscp: 46 }),
    rule(104, { ipProtocol: 99 }),
  ].map(formatRule);
  assert.deepEqual(texts, [
    '100: not from 198.18.0.0/16 to 198.19.0.1 tos 0x10 fwmark 0x0/0xf iif eth0 lookup 1 proto 70',
    '101: from all goto 32766 proto 70',
    '102: from all ... unreachable proto 0',
    '103: from all ipproto udp sport 1000-2000 dport 5060 dscp 46 lookup 1 proto 70',
    '104: from all ipproto ipproto-99 lookup 1 proto 70',
  ]);
});

test('with the real kernel: the same way, in a network namespace of its own', async (t) => {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { host } = laboratory.namespaces('host');
  const names = [0, 1, 2, 3].map((id) => `eth${id}`);
  const addresses = names.map((name, id) => `addr add 198.18.${id}.${id === 0 ? 1 : 2}/24 dev ${name}`);
  host.sysctl({ 'net/ipv6/conf/default/accept_dad': 0, 'net/ipv6/conf/all/forwarding': 1 });
  host.ip([
    'link set lo up',
    ...names.map((name, id) => `link add name ${name} type veth peer name far${id}`),
    ...addresses,
    ...addresses.map((command) => inFamily(6, command)),
    ...names.flatMap((name, id) => [`link set ${name} up`, `link set far${id} up`]),
  ]);
  host.sysctl({
    'net/ipv4/ip_forward': 1,
    'net/ipv4/conf/all/rp_filter': 0,
    ...Object.fromEntries(names.map((name) => [`net/ipv4/conf/${name}/rp_filter`, 0])),
    'net/ipv4/conf/eth3/ignore_routes_with_linkdown': 1,
    'net/ipv6/conf/eth3/ignore_routes_with_linkdown': 1,
  });
  runTestsInside(host, fileURLToPath(new URL('lookups.js', import.meta.url)));
});
