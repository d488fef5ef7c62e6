import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfiguration } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/schema.ts';
import { policiesOf } from '../../src/monitor/policies.ts';
import type { Family } from '../../src/network/address.ts';
import { formatRoute } from '../../src/network/route.ts';
import { formatRule } from '../../src/network/rule.ts';
import { policyRules } from '../../src/plan/policy.ts';
import { cable, configuration, fibre, laboratory, mobile } from './laboratory.ts';

const uplinks = `
uplinks:
- {interface: eth1, type: ppp, description: Fibre, priority_group: 1, weight: 3}
- {interface: eth2, type: ppp, description: Cable, priority_group: 1}
- {interface: ppp0, type: ppp, description: LTE, priority_group: 2}
`;

/** The one policy of a file, whose keys these are. */
function read(keys: string, others = '') {
  const text = `${uplinks}${others}\npolicies: [{name: one, ${keys}}]\n`;
  const [policy, ...more] = policiesOf(parseConfiguration(text, 'file'));
  assert.ok(policy !== undefined && more.length === 0);
  return policy;
}

/** What its rules of a family ask for, as `ip` prints it. */
function asks(match: string, family: Family = 4, others = ''): string[] {
  const policy = read(`match: ${match}, use: bypass`, others);
  const texts = policyRules(family, policy, { table: 1, priority: 1 }).map(formatRule);
  return texts.map((text) => text.slice('1: '.length, -' lookup 254 proto 70'.length));
}

describe('the match of a policy', () => {
  test('is a rule that asks for all of it', () =>
    assert.deepEqual(
      asks(
        '{source: 10.0.5.0/24, destination: 198.51.100.1, protocol: udp, sport: 1000-2000, dport: 5060, dscp: ef, interface: eth0}',
      ),
      ['from 10.0.5.0/24 to 198.51.100.1 iif eth0 ipproto udp sport 1000-2000 dport 5060 dscp 46'],
    ));

  test('is a rule for each combination of what its lists hold', () =>
    assert.deepEqual(asks('{protocol: [tcp, udp], dport: [25, 5060-5061]}'), [
      'from all ipproto tcp dport 25',
      'from all ipproto tcp dport 5060-5061',
      'from all ipproto udp dport 25',
      'from all ipproto udp dport 5060-5061',
    ]));

  test('is one for both families where no address says otherwise', () => {
    assert.deepEqual(asks('{protocol: icmp}'), ['from all ipproto icmp']);
    assert.deepEqual(asks('{protocol: icmp}', 6), ['from all ipproto ipv6-icmp']);
    assert.deepEqual(asks('{}', 6), ['from all']);
  });

  test('is one for the families of its addresses alone', () => {
    assert.deepEqual(asks('{source: 10.0.0.0/8}', 6), []);
    assert.deepEqual(asks("{source: [10.0.0.0/8, '2001:DB8::/32']}", 6), ['from 2001:db8::/32']);
    assert.deepEqual(asks('{destination: 0.0.0.0/0}'), ['from all']);
    assert.deepEqual(asks('{destination: 0.0.0.0/0}', 6), []);
  });

  test('knows address sets by their names', () => {
    const sets = "address_sets: {voip: [192.0.2.1, 198.51.100.0/24], constructor: '2001:db8::1'}";
    assert.deepEqual(asks('{destination: [voip, 192.0.2.1, constructor]}', 4, sets), [
      'from all to 192.0.2.1',
      'from all to 198.51.100.0/24',
    ]);
    assert.deepEqual(asks('{destination: constructor}', 6, sets), ['from all to 2001:db8::1']);
  });
});

test('a policy names uplinks by description or interface, or a group with its weights', () => {
  const weights = (use: string) => Object.fromEntries(read(`use: ${use}`).use?.weights ?? []);
  assert.deepEqual(weights('{uplink: LTE}'), { 2: 1 });
  assert.deepEqual(weights('{uplinks: {Fibre: 5, ppp0: 2}}'), { 0: 5, 2: 2 });
  assert.deepEqual(weights('{group: 1}'), { 0: 3, 1: 1 });
  assert.equal(read('use: {uplink: LTE}').use?.otherwise, 'any');
  assert.equal(read('use: bypass').use, undefined);
});

describe('the monitor', () => {
  const settings: Configuration = {
    ...configuration(),
    policies: [
      {
        name: 'voice',
        match: { protocol: ['udp'], dport: ['5060'] },
        use: { uplink: 'Fibre', else: 'any' },
      },
      { name: 'backup', use: { uplink: 'LTE', else: 'unreachable' } },
    ],
  };

  const site = () => {
    const all = laboratory({ settings });
    const monitor = all.start();
    const first = (table: number) => {
      const [route] = all.kernel.routes(table, 4).toSorted((a, b) => a.metric - b.metric);
      return route && formatRoute(route);
    };
    return { ...all, monitor, first };
  };

  test('steers new connections, the first policy first', () => {
    const { kernel, first } = site();
    const rules = kernel.rules().filter(({ priority }) => priority >= 40_006);
    assert.deepEqual(rules.map(formatRule), [
      '40006: from all ipproto udp dport 5060 lookup 5 proto 70',
      '40007: from all lookup 6 proto 70',
      '40008: from all lookup 4 proto 70',
    ]);
    assert.equal(first(5), 'default via 198.18.1.1 dev eth1 proto 70');
    assert.equal(first(6), 'default via 198.18.3.1 dev ppp0 proto 70');
    const way = (dport: number) =>
      kernel.route({ destination: '198.19.0.1', mark: 0, ipProtocol: 17, dport });
    assert.deepEqual([way(5060).table, way(53).table], [5, 6]);
  });

  test('leads a policy elsewhere when its uplink fails, is drained or forced down, and back', () => {
    const { clock, dead, monitor, first } = site();
    dead.add('eth1');
    clock.advance(30_000);
    assert.equal(first(5), 'default via 198.18.2.1 dev eth2 proto 70');
    dead.delete('eth1');
    clock.advance(30_000);
    assert.equal(first(5), 'default via 198.18.1.1 dev eth1 proto 70');
    monitor.override('Fibre', { kind: 'drained' });
    assert.equal(first(5), 'default via 198.18.2.1 dev eth2 proto 70');
    monitor.override('LTE', { kind: 'down' });
    assert.equal(first(6), 'unreachable default proto 70 metric 4294967295');
  });

  test('tells where policies lead, and when they lead elsewhere', () => {
    const { clock, dead, monitor, log } = site();
    const ways = () =>
      monitor.steering.map(({ policy, carriers, replaced, otherwise }) => [
        policy,
        carriers.map(({ description, share }) => `${description} ${share}`).join() || otherwise,
        replaced,
      ]);
    assert.deepEqual(ways(), [
      ['voice', 'Fibre 1', false],
      ['backup', 'LTE 1', false],
    ]);
    dead.add('eth1');
    clock.advance(30_000);
    assert.deepEqual(ways()[0], ['voice', 'Cable 1', true]);
    monitor.override('LTE', { kind: 'down' });
    assert.deepEqual(ways()[1], ['backup', 'unreachable', false]);
    // Why stands before what follows from it.
    assert.deepEqual(
      log.filter((text) => /^Policy | is down|administrator/.test(text)),
      [
        'Uplink Fibre is down: no reply from 3 of 3 targets for 1.2 s, 2 needed',
        'Policy voice: Fibre --> Cable',
        'Uplink LTE is forced down by the administrator',
        'Policy backup: LTE --> unreachable',
      ],
    );
  });

  test('remembers that an uplink had failed which only a policy uses', () => {
    const { priority_group: _, ...spare } = mobile;
    const { clock, dead, start, kernel } = laboratory({
      settings: { ...settings, uplinks: [fibre, cable, spare] },
    });
    const refused = () => kernel.routes(6, 4).map(formatRoute);
    const before = start();
    dead.add('ppp0');
    clock.advance(30_000);
    assert.deepEqual(refused(), ['unreachable default proto 70 metric 4294967295']);
    before.stop();
    const after = start();
    assert.deepEqual(refused(), ['unreachable default proto 70 metric 4294967295']);
    assert.deepEqual(
      after.uplinks().map(({ member: { state } }) => state.up),
      [true, true, false],
    );
    dead.clear();
    clock.advance(30_000);
    assert.equal(refused().length, 2);
  });

  test('takes policies from a new configuration, and away', () => {
    const { kernel, monitor } = site();
    monitor.reload(configuration());
    assert.deepEqual(
      kernel.rules().flatMap((rule) => (rule.priority >= 40_006 ? formatRule(rule) : [])),
      ['40006: from all lookup 4 proto 70'],
    );
    assert.deepEqual([kernel.routes(5, 4), kernel.routes(6, 4)], [[], []]);
    monitor.reload(settings);
    assert.equal(kernel.rules().filter(({ priority }) => priority >= 40_006).length, 3);
    assert.equal(kernel.routes(6, 4).length, 2);
  });
});
