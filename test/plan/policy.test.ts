import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Family } from '../../src/network/address.ts';
import { formatRoute } from '../../src/network/route.ts';
import { formatRule } from '../../src/network/rule.ts';
import type { PlannedUplink } from '../../src/plan/default-route.ts';
import { number } from '../../src/plan/numbering.ts';
import { plan } from '../../src/plan/plan.ts';
import { type Policy, policyRoutes, policyRules } from '../../src/plan/policy.ts';
import { policies, uplinks } from '../support/arbitrary-uplinks.ts';

const bases = { base_table: 1, base_priority: 40000, base_fwmark: 1, firewall: {} };
const LAST = 4_294_967_295;

function uplink(position: number, change: Partial<PlannedUplink> = {}): PlannedUplink {
  const attachment = { index: position + 2, gateway: `198.18.${position}.1`, routable: true };
  const name = `eth${position}`;
  return {
    family: 4,
    interface: name,
    position,
    weight: 1,
    selected: true,
    attachment,
    fitness: 'good',
    ...change,
  };
}

/** A policy for everything that leads over uplinks with these weights. */
function policy(
  weights: Readonly<Record<number, number>>,
  otherwise: 'any' | 'unreachable' | 'blackhole' = 'any',
): Policy {
  const byPosition = Object.entries(weights).map(([position, weight]): [number, number] => [
    Number(position),
    weight,
  ]);
  return { name: 'policy', matches: { 4: [{}], 6: [{}] }, use: { weights: new Map(byPosition), otherwise } };
}

const bypass: Policy = {
  name: 'internal',
  matches: { 4: [{ to: { address: '10.0.0.0', length: 8 } }], 6: [] },
};

/** The table of a policy as `ip` prints it, without the protocol. */
function table(one: Policy, all: readonly PlannedUplink[], family: Family = 4): string[] {
  const routes = policyRoutes(family, one, 5, all, all.length);
  assert.ok(routes.every((route) => route.table === 5 && route.family === family));
  return routes.map((route) => formatRoute(route).replace(' proto 70', ''));
}

describe('a policy', () => {
  test('leads over its one uplink, whatever group that is in', () => {
    const all = [uplink(0), uplink(1, { selected: false })];
    assert.deepEqual(table(policy({ 1: 1 }), all), [
      'default via 198.18.1.1 dev eth1',
      'default via 198.18.0.1 dev eth0 metric 3',
    ]);
  });

  test('spreads over several by its own weights, with each behind them', () => {
    assert.deepEqual(table(policy({ 0: 3, 2: 1 }, 'unreachable'), [uplink(0), uplink(1), uplink(2)]), [
      'default nexthop via 198.18.0.1 dev eth0 weight 3 nexthop via 198.18.2.1 dev eth2 weight 1',
      'default via 198.18.0.1 dev eth0 metric 1',
      'default via 198.18.2.1 dev eth2 metric 3',
      `unreachable default metric ${LAST}`,
    ]);
  });

  test('leaves an uplink that does not work, or must not be used', () => {
    const all = [uplink(0, { fitness: undefined }), uplink(1), uplink(2)];
    assert.equal(table(policy({ 0: 1, 1: 1 }), all)[0], 'default via 198.18.1.1 dev eth1');
  });

  test('goes with all others while none of its uplinks works', () => {
    const all = [uplink(0, { fitness: undefined, selected: false }), uplink(1, { weight: 2 }), uplink(2)];
    assert.equal(
      table(policy({ 0: 1 }), all)[0],
      'default nexthop via 198.18.1.1 dev eth1 weight 2 nexthop via 198.18.2.1 dev eth2 weight 1',
    );
  });

  test('goes with all others even if nothing works at all', () => {
    const all = [uplink(0, { fitness: undefined, selected: false }), uplink(1, { fitness: undefined })];
    assert.deepEqual(table(policy({ 0: 1 }), all), ['default via 198.18.1.1 dev eth1']);
  });

  for (const otherwise of ['unreachable', 'blackhole'] as const) {
    test(`says ${otherwise} while none of its uplinks works, if it is told to`, () => {
      const all = [uplink(0, { fitness: undefined }), uplink(1)];
      assert.deepEqual(table(policy({ 0: 1 }, otherwise), all), [`${otherwise} default metric ${LAST}`]);
    });
  }

  test('prefers others to an uplink that has yet to prove itself', () => {
    const all = [uplink(0, { fitness: 'last', selected: false }), uplink(1)];
    assert.equal(table(policy({ 0: 1 }), all)[0], 'default via 198.18.1.1 dev eth1');
  });

  test('but not to be unreachable, nor others that are no better', () => {
    const held = uplink(0, { fitness: 'last', selected: false });
    const worse = uplink(1, { fitness: undefined });
    assert.equal(
      table(policy({ 0: 1 }, 'unreachable'), [held, uplink(1)])[0],
      'default via 198.18.0.1 dev eth0',
    );
    assert.equal(table(policy({ 0: 1 }), [held, worse])[0], 'default via 198.18.0.1 dev eth0');
  });

  test('needs no routes where it is for no packet of a family', () => {
    const none = { ...policy({ 0: 1 }, 'unreachable'), matches: { 4: [], 6: [{}] } };
    assert.deepEqual(table(none, [uplink(0)]), []);
    assert.deepEqual(table(none, [], 6), [`unreachable default metric ${LAST}`]);
  });

  test('has a rule for each of its matches, or leads to the main table', () => {
    const matches = {
      4: [
        { from: { address: '10.0.5.0', length: 24 }, ipProtocol: 17, dport: { first: 5060, last: 5060 } },
        { iif: 'eth0', dscp: 46 },
      ],
      6: [],
    };
    const numbers = { table: 5, priority: 40006 };
    assert.deepEqual(policyRules(4, { ...policy({ 0: 1 }), matches }, numbers).map(formatRule), [
      '40006: from 10.0.5.0/24 ipproto udp dport 5060 lookup 5 proto 70',
      '40006: from all iif eth0 dscp 46 lookup 5 proto 70',
    ]);
    assert.deepEqual(policyRules(4, bypass, numbers).map(formatRule), [
      '40006: from all to 10.0.0.0/8 lookup 254 proto 70',
    ]);
    assert.deepEqual(policyRoutes(4, bypass, 5, [uplink(0)], 1), []);
  });
});

test('policies have tables behind the balancing one, and rules before its rule, in their order', () => {
  const some = [policy({ 0: 1 }), bypass, policy({ 1: 1 })];
  const all = [uplink(0), uplink(1)];
  const { rules, tables } = plan(all, number({ uplinks: [{}, {}], policies: some, ...bases }), {
    policies: some,
  });
  assert.deepEqual(tables, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(rules.slice(-4).map(formatRule), [
    '40004: from all lookup 4 proto 70',
    '40005: from all to 10.0.0.0/8 lookup 254 proto 70',
    '40006: from all lookup 6 proto 70',
    '40007: from all lookup 3 proto 70',
  ]);
});

test('whatever is up and down, a policy leads only where it may', () => {
  fc.assert(
    fc.property(uplinks, policies, (lines, some) => {
      for (const family of [4, 6] as const) {
        const all = lines.filter((one) => one.family === family);
        for (const one of some) {
          const { use } = one;
          if (use === undefined || one.matches[family].length === 0) continue;
          const routes = policyRoutes(family, one, 9, all, 6);
          const metrics = routes.map(({ metric }) => metric);
          assert.equal(new Set(metrics).size, metrics.length, 'no two routes are in one place');
          const named = (device: string) => all.find((line) => line.interface === device);
          const open = use.otherwise === 'any';
          for (const { device } of routes.flatMap(({ nexthops }) => nexthops)) {
            const line = named(device);
            assert.ok(line?.attachment.routable);
            const member = use.weights.has(line.position) && line.fitness !== undefined;
            assert.ok(
              member || (open && line.selected),
              `${device} is neither a member nor one of the others`,
            );
          }
          const good = all.filter(
            (line) => line.attachment.routable && line.fitness === 'good' && use.weights.has(line.position),
          );
          const [first] = routes;
          const devices = first?.nexthops.map(({ device }) => device) ?? [];
          if (good.length > 0)
            assert.deepEqual(
              devices,
              good.map((line) => line.interface),
            );
          assert.equal(routes.at(-1)?.type ?? 'unicast', open ? 'unicast' : use.otherwise);
        }
      }
    }),
  );
});
