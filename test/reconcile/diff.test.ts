import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import type { Route } from '../../src/network/route.ts';
import type { Rule } from '../../src/network/rule.ts';
import type { Sysctl } from '../../src/network/sysctl.ts';
import { PROTOCOL } from '../../src/plan/numbering.ts';
import { type WantedState } from '../../src/plan/plan.ts';
import { readActual } from '../../src/reconcile/actual.ts';
import { diff } from '../../src/reconcile/diff.ts';
import { formatDifference, formatOperation, type Operation } from '../../src/reconcile/operation.ts';
import { reconcile } from '../../src/reconcile/reconciler.ts';
import { wantedStates } from '../support/arbitrary-uplinks.ts';

const route: Route = {
  family: 4,
  type: 'unicast',
  table: 4,
  metric: 0,
  protocol: 70,
  nexthops: [{ gateway: '198.18.0.1', device: 'eth0', weight: 1 }],
};
const foreign: Route = { ...route, protocol: 3 };
const nothing: WantedState = { families: [4], tables: [4], routes: [], rules: [], sysctls: [] };
const empty = { routes: [], rules: [], sysctls: new Map<string, string>() };

describe('the difference', () => {
  test('is nothing where all is as wanted', () => {
    assert.deepEqual(diff({ ...nothing, routes: [route] }, { ...empty, routes: [route] }), []);
  });

  test('replaces a route in its place, and says what was there', () => {
    const heavier = { ...route, nexthops: [{ gateway: '198.18.9.1', device: 'eth9', weight: 1 }] };
    const operations = diff({ ...nothing, routes: [heavier] }, { ...empty, routes: [route] });
    assert.deepEqual(operations.map(formatOperation), [
      'route replace table 4 default via 198.18.9.1 dev eth9 proto 70',
    ]);
    assert.deepEqual(operations.flatMap(formatDifference), [
      '~ route table 4:',
      '    - default via 198.18.0.1 dev eth0 proto 70',
      '    + default via 198.18.9.1 dev eth9 proto 70',
    ]);
  });

  test('takes the place of somebody else’s route, and leaves the others alone', () => {
    const beside = { ...foreign, metric: 7 };
    assert.deepEqual(diff({ ...nothing, routes: [route] }, { ...empty, routes: [foreign, beside] }), [
      { kind: 'replace-route', route, was: foreign },
    ]);
    assert.deepEqual(diff(nothing, { ...empty, routes: [foreign] }), []);
  });

  test('sets a setting that differs, and not one that does not exist', () => {
    const path = (name: string) => ['conf', name, 'rp_filter'];
    const sysctls: Sysctl[] = [
      { family: 4, path: path('eth1.5'), value: '2' },
      { family: 4, path: path('gone'), value: '2' },
    ];
    const operations = diff(
      { ...nothing, sysctls },
      { ...empty, sysctls: new Map([['net.ipv4.conf.eth1/5.rp_filter', '1']]) },
    );
    assert.deepEqual(operations.map(formatOperation), ['sysctl net.ipv4.conf.eth1/5.rp_filter=2']);
    assert.deepEqual(operations.flatMap(formatDifference), [
      '~ sysctl net.ipv4.conf.eth1/5.rp_filter: 1 --> 2',
    ]);
  });

  test('sets a setting in place of one value alone, where it shall', () => {
    const sysctl: Sysctl = { family: 6, path: ['conf', 'eth1', 'accept_ra'], value: '2', instead: '1' };
    const changes = (was: string) =>
      diff(
        { ...nothing, sysctls: [sysctl] },
        { ...empty, sysctls: new Map([['net.ipv6.conf.eth1.accept_ra', was]]) },
      ).map(formatOperation);
    assert.deepEqual(changes('1'), ['sysctl net.ipv6.conf.eth1.accept_ra=2']);
    assert.deepEqual([changes('0'), changes('2')], [[], []]);
  });

  test('tells the families apart', () => {
    const rule = (family: 4 | 6): Rule => ({ family, priority: 40_000, table: 4, protocol: PROTOCOL });
    const operations = diff({ ...nothing, rules: [rule(6)] }, { ...empty, rules: [rule(4)] });
    assert.deepEqual(operations.map(formatOperation), [
      '-6 rule add 40000: from all lookup 4 proto 70',
      'rule delete 40000: from all lookup 4 proto 70',
    ]);
  });
});

describe('between any two plans', () => {
  const standing = (wanted: WantedState) => {
    const kernel = new MemoryKernel([]);
    reconcile(kernel, wanted);
    return kernel;
  };

  test('the operations lead from one to the other, and then there are none', () => {
    fc.assert(
      fc.property(wantedStates, wantedStates, (before, after) => {
        const kernel = standing(before);
        reconcile(kernel, after);
        assert.deepEqual(diff(after, readActual(kernel, after)), []);
        assert.deepEqual(
          diff(after, readActual(kernel, { ...after, tables: [...after.tables, ...before.tables] })),
          [],
        );
      }),
    );
  });

  test('what adds or replaces comes before what deletes, and routes before the rules that lead to them', () => {
    const rank: Record<Operation['kind'], number> = {
      'replace-route': 0,
      'add-rule': 1,
      'delete-rule': 2,
      'delete-route': 3,
      'set-sysctl': 4,
    };
    fc.assert(
      fc.property(wantedStates, wantedStates, (before, after) => {
        const ranks = diff(after, readActual(standing(before), after)).map(({ kind }) => rank[kind]);
        assert.deepEqual(
          ranks,
          ranks.toSorted((a, b) => a - b),
        );
      }),
    );
  });

  test('nothing is touched that both have', () => {
    fc.assert(
      fc.property(wantedStates, wantedStates, (before, after) => {
        const operations = diff(after, readActual(standing(before), after)).map(formatOperation);
        const kept = before.rules.filter((rule) =>
          after.rules.some((other) => JSON.stringify(other) === JSON.stringify(rule)),
        );
        for (const rule of kept) {
          assert.ok(!operations.includes(formatOperation({ kind: 'delete-rule', rule })));
          assert.ok(!operations.includes(formatOperation({ kind: 'add-rule', rule })));
        }
      }),
    );
  });
});
