import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TracedConfiguration } from '../../src/trace/record.ts';
import { generator } from '../support/generator.ts';
import { type Act, DEVICES, record, replay, settings } from './recorded-run.ts';

const device = fc.constantFrom(...DEVICES);
const span = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 5000, max: 40_000 }));
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('line' as const),
        device,
        loss: fc.constantFrom(0, 0, 0.05, 0.2, 0.4, 1),
        rtt: fc.constantFrom(5, 20, 300, 900),
        span,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('refusal' as const), device, span }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('target' as const),
        target: fc.constantFrom('198.19.0.1', '198.19.0.2'),
        alive: fc.boolean(),
        span,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('link' as const), device, up: fc.boolean(), span }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('gateway' as const), device, span }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stall' as const), span }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('override' as const),
        device,
        to: fc.constantFrom('up' as const, 'down' as const, 'drained' as const, 'auto' as const),
        span,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('reload' as const),
        interval: fc.constantFrom(1, 5),
        uplinks: fc.integer({ min: 1, max: 3 }),
        span,
      }),
    },
  ),
  { minLength: 1, maxLength: 12 },
);
const tests = fc.constantFrom(
  {},
  { required_successful: 3 },
  { hold_down: 10, rise: 2 },
  { fall: 2, failback: 'manual' as const },
);

describe('a replay', () => {
  test('comes to the same decisions at the same times, for the same reasons, whatever happens', () => {
    fc.assert(
      fc.property(acts, tests, fc.nat(), (happenings, own, seed) => {
        const { said, records } = record(settings(own), happenings, generator(seed));
        assert.deepEqual(replay(records), said);
      }),
      { numRuns: 120 },
    );
  });

  test('says by other settings what they would have made of the same probes', () => {
    const { said, records } = record(
      settings(),
      [
        { kind: 'line', device: 'ppp0', loss: 0, rtt: 20, span: 10_000 },
        { kind: 'line', device: 'eth1', loss: 0.4, rtt: 20, span: 60_000 },
        { kind: 'line', device: 'eth1', loss: 0, rtt: 20, span: 60_000 },
      ],
      generator(1),
    );
    const moves = (made: readonly string[]) => made.map((one) => one.replace(/^[\d.]+ (\w+ \w+):.*/, '$1'));
    assert.deepEqual(moves(said), ['eth1 down', 'eth1 up']);
    const withTests = (own: Partial<TracedConfiguration['tests']>) =>
      replay(records, ({ uplinks, tests }) => ({ uplinks, tests: { ...tests, ...own } }));
    assert.deepEqual(moves(withTests({ leave: { loss: 90 } })), []);
    assert.deepEqual(moves(withTests({ hold_down: 3600 })), ['eth1 down']);
    assert.deepEqual(moves(withTests({ timeout: 0.015 })).slice(0, 3), [
      'eth1 down',
      'eth2 down',
      'ppp0 down',
    ]);
  });

  test('goes on in the middle of a run, at a reload', () => {
    const { said, records } = record(
      settings(),
      [
        { kind: 'line', device: 'eth1', loss: 0, rtt: 20, span: 10_000 },
        { kind: 'reload', interval: 1, uplinks: 3, span: 10_000 },
        { kind: 'line', device: 'eth1', loss: 1, rtt: 20, span: 60_000 },
        { kind: 'line', device: 'eth1', loss: 0, rtt: 20, span: 60_000 },
      ],
      generator(1),
    );
    const reload = records.findLastIndex(({ kind }) => kind === 'began');
    assert.ok(reload > 0);
    assert.deepEqual(replay(records.slice(reload)), said);
  });

  test('takes anything that was recorded under other settings', () => {
    fc.assert(
      fc.property(acts, tests, tests, fc.nat(), (happenings, own, other, seed) => {
        const { records } = record(settings(own), happenings, generator(seed));
        const made = replay(records, ({ uplinks, tests: recorded }) => ({
          uplinks,
          tests: {
            ...recorded,
            ...settings({ ...other, timeout: 0.4, ips: ['198.19.0.3', '198.19.0.1'] }).tests,
          },
        }));
        const times = made.map((one) => Number.parseFloat(one));
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 50 },
    );
  });
});
