import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatRoute } from '../../src/network/route.ts';
import { formatRule } from '../../src/network/rule.ts';
import { formatSysctl } from '../../src/network/sysctl.ts';
import { number } from '../../src/plan/numbering.ts';
import type { PlannedUplink } from '../../src/plan/default-route.ts';
import { emptyPlan, plan } from '../../src/plan/plan.ts';

const bases = { base_table: 1, base_priority: 40000, base_fwmark: 1, firewall: {} };

function uplink(id: number, change: Partial<PlannedUplink> = {}): PlannedUplink {
  const attachment = { index: id + 2, ip: `198.18.${id}.2`, gateway: `198.18.${id}.1`, routable: true };
  return { family: 4, interface: `eth${id}`, position: id, weight: 1, selected: true, attachment, ...change };
}

function routes(...uplinks: PlannedUplink[]): string[] {
  return plan(uplinks, number({ uplinks: uplinks.map(() => ({})), ...bases }), { policies: [] }).routes.map(
    (route) => `${route.table}: ${formatRoute(route)}`,
  );
}

function rules(uplinks: PlannedUplink[], change: Partial<typeof bases> = {}): string[] {
  return plan(uplinks, number({ uplinks: uplinks.map(() => ({})), ...bases, ...change }), {
    policies: [],
  }).rules.map(formatRule);
}

describe('the plan', () => {
  test('balances over the selected uplinks by weight, first of all', () => {
    assert.deepEqual(routes(uplink(0, { weight: 3 }), uplink(1), uplink(2, { selected: false })), [
      '4: default proto 70 nexthop via 198.18.0.1 dev eth0 weight 3 nexthop via 198.18.1.1 dev eth1 weight 1',
      '1: default via 198.18.0.1 dev eth0 proto 70 src 198.18.0.2',
      '1: unreachable default proto 70 metric 4294967295',
      '2: default via 198.18.1.1 dev eth1 proto 70 src 198.18.1.2',
      '2: unreachable default proto 70 metric 4294967295',
      '3: default via 198.18.2.1 dev eth2 proto 70 src 198.18.2.2',
      '3: unreachable default proto 70 metric 4294967295',
    ]);
  });

  test('keeps reserves behind the balancing route, in the order of succession', () => {
    const [first, second, third] = [
      uplink(0, { succession: 1 }),
      uplink(1, { succession: 0 }),
      uplink(2, { selected: false, succession: 2 }),
    ];
    assert.deepEqual(routes(first, second, third).slice(1, 4), [
      '4: default via 198.18.0.1 dev eth0 proto 70 metric 2',
      '4: default via 198.18.1.1 dev eth1 proto 70 metric 1',
      '4: default via 198.18.2.1 dev eth2 proto 70 metric 3',
    ]);
  });

  test('needs no balancing for one uplink', () => {
    assert.equal(
      routes(uplink(0, { selected: false }), uplink(1, { weight: 5 }))[0],
      '3: default via 198.18.1.1 dev eth1 proto 70',
    );
  });

  test('gives IPv6 the same tables, rules of its own, and the metrics that the kernel makes of none', () => {
    const attachment = { index: 2, ip: '2001:db8::2', gateway: 'fe80::1', routable: true };
    const both = [uplink(0), uplink(0, { family: 6, attachment, succession: 0 })];
    const {
      families,
      routes: all,
      rules: some,
      sysctls,
    } = plan(both, number({ uplinks: [{}], ...bases }), { policies: [] });
    const sixth = <T extends { family: number }>(values: readonly T[]) =>
      values.filter(({ family }) => family === 6);
    assert.deepEqual(families, [4, 6]);
    assert.deepEqual(
      sixth(all).map((route) => `${route.table}: ${formatRoute(route)}`),
      [
        '2: default via fe80::1 dev eth0 proto 70 metric 1024',
        '2: default via fe80::1 dev eth0 proto 70 metric 1025',
        '1: default via fe80::1 dev eth0 proto 70 src 2001:db8::2 metric 1024',
        '1: unreachable default proto 70 metric 4294967295',
      ],
    );
    assert.deepEqual(sixth(some).map(formatRule), [
      '40000: from 2001:db8::2 lookup 1 proto 70',
      '40000: from all oif eth0 lookup 1 proto 70',
      '40001: from all fwmark 0x1 lookup 1 proto 70',
      '40002: from all lookup 2 proto 70',
    ]);
    assert.deepEqual(sixth(sysctls).map(formatSysctl), [
      'net.ipv6.conf.eth0.accept_ra=2',
      'net.ipv6.conf.all.forwarding=1',
      'net.ipv6.conf.eth0.ignore_routes_with_linkdown=1',
    ]);
  });

  test('leads what has an address of a prefix to the line that the prefix came by', () => {
    const attachment = { index: 2, ip: '2001:db8::2', gateway: 'fe80::1', routable: true };
    const prefix = { address: '2001:db8:5::', length: 56 };
    assert.deepEqual(rules([uplink(0, { family: 6, attachment, prefix })]).slice(0, 3), [
      '40000: from 2001:db8::2 lookup 1 proto 70',
      '40000: from 2001:db8:5::/56 lookup 1 proto 70',
      '40000: from all oif eth0 lookup 1 proto 70',
    ]);
  });

  test('has the numbers of the original: addresses, marks, then everything', () => {
    assert.deepEqual(rules([uplink(0), uplink(1)]), [
      '40000: from 198.18.0.2 lookup 1 proto 70',
      '40000: from all oif eth0 lookup 1 proto 70',
      '40002: from all fwmark 0x1 lookup 1 proto 70',
      '40001: from 198.18.1.2 lookup 2 proto 70',
      '40001: from all oif eth1 lookup 2 proto 70',
      '40003: from all fwmark 0x2 lookup 2 proto 70',
      '40004: from all lookup 3 proto 70',
    ]);
  });

  test('sets the default route of main aside where its rules come before it', () => {
    assert.equal(
      rules([uplink(0)], { base_priority: 1000 })[0],
      '999: from all lookup 254 suppress_prefixlength 0 proto 70',
    );
  });

  test('keeps the marked flows of a link without route from leaving elsewhere', () => {
    const gone = uplink(1, { attachment: { routable: false, fault: 'there is no interface eth1' } });
    assert.deepEqual(routes(uplink(0), gone), [
      '3: default via 198.18.0.1 dev eth0 proto 70',
      '1: default via 198.18.0.1 dev eth0 proto 70 src 198.18.0.2',
      '1: unreachable default proto 70 metric 4294967295',
      '2: unreachable default proto 70 metric 4294967295',
    ]);
    assert.deepEqual(rules([{ ...gone, position: 0 }]), [
      '40000: from all oif eth1 lookup 1 proto 70',
      '40001: from all fwmark 0x1 lookup 1 proto 70',
      '40002: from all lookup 2 proto 70',
    ]);
  });

  test('tells two uplinks with the same gateway apart by their interfaces', () => {
    const same = (id: number) =>
      uplink(id, {
        attachment: { index: id, ip: `198.18.99.${id + 2}`, gateway: '198.18.99.1', routable: true },
      });
    assert.match(
      routes(same(0), same(1))[0] ?? '',
      /via 198\.18\.99\.1 dev eth0 .*via 198\.18\.99\.1 dev eth1/,
    );
  });

  test('keeps routes over a pulled cable: the kernel passes them over, and has them at hand when it is back', () => {
    const pulled = uplink(0, { attachment: { ...uplink(0).attachment, fault: 'no carrier on eth0' } });
    assert.equal(routes(pulled)[0], '2: default via 198.18.0.1 dev eth0 proto 70');
  });

  test('touches the settings of interfaces only that are there', () => {
    const { sysctls } = plan(
      [uplink(0), uplink(1, { attachment: { routable: false } })],
      number({ uplinks: [{}, {}], ...bases }),
      { policies: [] },
    );
    assert.deepEqual(sysctls.map(formatSysctl), [
      'net.ipv4.ip_forward=1',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.eth0.rp_filter=2',
      'net.ipv4.conf.eth0.ignore_routes_with_linkdown=1',
    ]);
  });

  test('does without a gateway, and says where one is on the link all the same', () => {
    const direct = uplink(0, { attachment: { index: 2, ip: '198.18.0.2', routable: true } });
    const cloud = uplink(1, {
      attachment: { index: 3, ip: '198.18.1.2', gateway: '198.18.9.1', onlink: true, routable: true },
    });
    const [balancing, first, , second] = routes(direct, cloud);
    assert.equal(
      balancing,
      '3: default proto 70 nexthop dev eth0 weight 1 nexthop via 198.18.9.1 dev eth1 weight 1 onlink',
    );
    assert.equal(first, '1: default dev eth0 proto 70 src 198.18.0.2');
    assert.equal(second, '2: default via 198.18.9.1 dev eth1 proto 70 src 198.18.1.2 onlink');
    const [ipv6] = routes({ ...direct, family: 6 });
    assert.equal(ipv6, '2: default via fe80:: dev eth0 proto 70 metric 1024');
  });

  test('sets what the kernel balances by, where that is told', () => {
    const both = [uplink(0), uplink(0, { family: 6 })];
    const numbering = number({ uplinks: [{}], ...bases });
    const set = (balanceBy?: 'address' | 'connection') =>
      plan(both, numbering, { policies: [], balanceBy })
        .sysctls.map(formatSysctl)
        .filter((text) => text.includes('hash'));
    assert.deepEqual(set('address'), [
      'net.ipv4.fib_multipath_hash_policy=0',
      'net.ipv6.fib_multipath_hash_fields=3',
      'net.ipv6.fib_multipath_hash_policy=3',
    ]);
    assert.equal(set('connection')[0], 'net.ipv4.fib_multipath_hash_policy=1');
    assert.deepEqual(set(), []);
  });

  test('has numbers by the id of each uplink, wherever it stands', () => {
    const numbering = number({ uplinks: [{ id: 4 }, {}, { id: 0 }], ...bases });
    assert.deepEqual(
      numbering.uplinks.map(({ table, mark, priority, markPriority }) => [
        table,
        mark,
        priority,
        markPriority,
      ]),
      [
        [5, 5, 40004, 40009],
        [2, 2, 40001, 40006],
        [1, 1, 40000, 40005],
      ],
    );
    assert.deepEqual(numbering.balancing, { table: 6, priority: 40010 });
  });

  test('can want nothing, of the same tables', () => {
    assert.deepEqual(emptyPlan(number({ uplinks: [{}, {}], ...bases })), {
      families: [4, 6],
      tables: [1, 2, 3],
      routes: [],
      rules: [],
      sysctls: [],
    });
  });
});
