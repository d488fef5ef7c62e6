import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hints, type Surroundings } from '../../src/check/hints.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import type { Link } from '../../src/network/link.ts';
import type { Route } from '../../src/network/route.ts';

const link = (name: string, address: string): Link => ({
  name,
  index: 1,
  up: true,
  running: true,
  addresses: [{ address, prefixLength: 24 }],
});

/** A machine on which nothing speaks against the configuration below. */
const ready: Surroundings = {
  file: { path: '/etc/ftr.conf', mode: 0o100600 },
  links: [link('eth0', '192.0.2.1'), link('eth1', '198.18.1.2'), link('eth2', '198.18.2.2')],
  // The kernel's own.
  rules: [
    { family: 4, priority: 0, table: 255, protocol: 2 },
    { family: 4, priority: 32766, table: 254, protocol: 2 },
    { family: 4, priority: 32767, table: 253, protocol: 2 },
  ],
  routes: [],
  defaults: [],
  balancedByAddress: [],
};

const uplinks = `uplinks:
- {interface: eth1, type: static, ip: 198.18.1.2, gateway: 198.18.1.1, description: Fibre}
- {interface: eth2, type: static, ip: 198.18.2.2, gateway: 198.18.2.1, description: Cable}
`;

function given(surroundings: Partial<Surroundings>, more = 'downlinks:\n  lan: eth0\n  dmz:\n'): string[] {
  return hints(parseConfiguration(`${uplinks}${more}`, 'file'), { ...ready, ...surroundings });
}

const route = (values: Partial<Route>): Route => ({
  family: 4,
  type: 'unicast',
  table: 254,
  metric: 0,
  nexthops: [{ gateway: '192.0.2.9', device: 'eth0', weight: 1 }],
  protocol: 16,
  ...values,
});

describe('hints', () => {
  test('are none where all is well, our own routes included', () =>
    assert.deepEqual(given({ routes: [route({ table: 1, protocol: 70 })] }), []));

  test('name what is wrong with interfaces', () => {
    const [lan, fibre] = ready.links;
    assert.deepEqual(
      given({
        links: [
          { ...lan!, name: 'lan0' },
          { ...fibre!, running: false },
        ],
      }),
      [
        'Uplink Fibre: no carrier on eth1.',
        'Uplink Cable: there is no interface eth2.',
        'Downlink lan: there is no interface eth0.',
      ],
    );
  });

  test('name what a DHCP client has not set yet', () => {
    const leased = `uplinks: [{interface: eth1, type: dhcp, description: Fibre}]
downlinks: {lan: eth0}
base_priority: 20000
`;
    const told = (defaults: Surroundings['defaults']) =>
      hints(parseConfiguration(leased, 'file'), { ...ready, defaults });
    assert.deepEqual(told([{ family: 4, device: 'eth1', gateway: '198.18.1.1', metric: 0 }]), []);
    assert.deepEqual(told([]), [
      'Uplink Fibre: the main table has no default route over eth1, as a DHCP client sets it.',
    ]);
  });

  test('name a default route that wins, and only where it does', () => {
    const main = {
      routes: [route({ metric: 100 }), route({ destination: { address: '10.0.0.0', length: 8 } })],
    };
    assert.deepEqual(given(main), [
      'The main table has a route "default via 192.0.2.9 dev eth0 proto 16 metric 100", which wins over the uplinks: ' +
        'remove it, or choose a base_priority below 32766.',
    ]);
    assert.deepEqual(given(main, 'base_priority: 1000'), []);
    const advertised = { gateway: 'fe80::1', device: 'eth1', weight: 1 };
    assert.deepEqual(given({ routes: [route({ family: 6, metric: 1024, nexthops: [advertised] })] }), [
      'The main table has a route "default via fe80::1 dev eth1 proto 16 metric 1024", which wins over the uplinks: ' +
        'remove it, or choose a base_priority below 32766.',
    ]);
  });

  test('name routes of others in our tables', () =>
    assert.deepEqual(
      given({ routes: [route({ table: 2 }), route({ table: 3, protocol: 3 }), route({ table: 4 })] }),
      [
        'Table 2 has a route of somebody else, "default via 192.0.2.9 dev eth0 proto 16".',
        'Table 3 has a route of somebody else, "default via 192.0.2.9 dev eth0 proto 3"; was it left by version 1.x?',
      ],
    ));

  test('name rules of others that stand in our way, each once', () => {
    const rules: Surroundings['rules'] = [
      { family: 4, priority: 39_999, table: 100, protocol: 99 },
      { family: 4, priority: 40_000, table: 1, protocol: 0 },
      { family: 4, priority: 40_004, table: 0, protocol: 99 },
      { family: 4, priority: 40_004, table: 0, protocol: 99 },
      { family: 4, priority: 40_005, table: 100, protocol: 99 },
      { family: 6, priority: 40_000, table: 100, protocol: 0 },
      { family: 4, priority: 50, table: 100, protocol: 99, mark: { value: 2, mask: 0xffff_ffff } },
      { family: 4, priority: 51, table: 100, protocol: 99, mark: { value: 0, mask: 0xff00 } },
    ];
    assert.deepEqual(given({ rules: [...ready.rules, ...rules] }), [
      'A rule of somebody else with priority 40000 stands among ours and leads to our table 1; was it left by version 1.x?',
      'A rule of somebody else with priority 40004 stands among ours.',
      'An IPv6 rule of somebody else with priority 40000 stands among ours.',
      'A rule of somebody else with priority 50 asks for our mark 0x2.',
      'A rule of somebody else with priority 51 asks for our mark 0x1 and asks for our mark 0x2.',
    ]);
  });

  test('compare marks as unsigned numbers', () =>
    assert.equal(
      given(
        {
          rules: [
            {
              family: 4,
              priority: 50,
              table: 100,
              protocol: 99,
              mark: { value: 0x8000_0000, mask: 0x8000_0000 },
            },
          ],
        },
        'base_fwmark: 0x80000000',
      ).length,
      1,
    ));

  test('count the rule before the main table to ours', () =>
    assert.equal(
      given({ rules: [{ family: 4, priority: 999, table: 7, protocol: 99 }] }, 'base_priority: 1000').length,
      1,
    ));

  test('tell that one host has one line, where nobody has chosen it and there is a choice', () => {
    const group = (first: number, second: number, more = '') => {
      const text = `uplinks:
- {interface: eth1, type: static, ip: 198.18.1.2, gateway: 198.18.1.1, description: Fibre, priority_group: ${first}}
- {interface: eth2, type: static, ip: 198.18.2.2, gateway: 198.18.2.1, description: Cable, priority_group: ${second}}
downlinks: {lan: eth0}
${more}`;
      return hints(parseConfiguration(text, 'file'), { ...ready, balancedByAddress: [4, 6] });
    };
    // There is no line of IPv6.
    assert.deepEqual(group(1, 1), [
      'IPv4 connections over the uplinks of a group are balanced by address ' +
        '(net.ipv4.fib_multipath_hash_policy is 0): choose with balance_by.',
    ]);
    assert.deepEqual(group(1, 2), []);
    assert.deepEqual(group(1, 1, 'balance_by: address'), []);
  });

  test('warn of a password that everybody may read', () => {
    const mail = 'email: {smtp_parameters: {password: secret}}';
    const open = { file: { path: '/etc/ftr.conf', mode: 0o100644 } };
    assert.deepEqual(given(open, mail), ['Everybody may read the password: chmod o= /etc/ftr.conf']);
    assert.deepEqual(given(open), []);
    assert.deepEqual(given({}, mail), []);
    assert.deepEqual(given({ file: { path: '/etc/ftr.conf', mode: 0o100640 } }, mail), []);
  });

  test('warn of a log file that the service may not write', () => {
    for (const file of ['/tmp/ftr.log', '/var/log/ftr.log', '/var/log/fault-tolerant-router.log'])
      assert.match(given({}, `log: {file: ${file}}`).join(), /lines would go to the journal/);
    assert.deepEqual(given({}, 'log: {file: /var/log/fault-tolerant-router/router.log}'), []);
  });
});
