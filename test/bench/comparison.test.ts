import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Comparison, kept, PROGRAM, ratio } from '../../bench/comparison.ts';

const ours = { of: PROGRAM, values: [10, 20, 40] };
const peer = { of: 'peer', values: [30, 40, 20] };
const absent = { of: 'absent', missing: 'it is not installed' };

function comparison(rest: Partial<Comparison>): Comparison {
  return { what: 'Time', unit: 'ms', series: [ours, peer, absent], ...rest };
}

test('a ratio is taken run by run, and its median told', () => {
  assert.equal(ratio(comparison({}), peer), 2);
});

test('there is no ratio of the program to itself, to nobody, and to nothing', () => {
  assert.equal(ratio(comparison({}), ours), undefined);
  assert.equal(ratio(comparison({}), absent), undefined);
  const zero = comparison({ series: [{ of: PROGRAM, values: [0, 0, 0] }, peer] });
  assert.equal(ratio(zero, peer), undefined);
});

test('a bound holds for the median, or for each value', () => {
  assert.equal(kept(comparison({ promised: { of: 'median', atMost: 20 } })), true);
  assert.equal(kept(comparison({ promised: { of: 'each', atMost: 20 } })), false);
  assert.equal(kept(comparison({ promised: { of: 'each', atMost: 40 } })), true);
});

test('a promise beside a peer compares the medians, and needs the peer', () => {
  assert.equal(kept(comparison({ promised: { notAbove: 'peer' } })), true);
  const slower = comparison({
    series: [{ of: PROGRAM, values: [31, 31, 31] }, peer],
    promised: { notAbove: 'peer' },
  });
  assert.equal(kept(slower), false);
  assert.equal(kept(comparison({ promised: { notAbove: 'absent' } })), undefined);
});

test('of several promises each must be kept', () => {
  const [median, each] = [{ of: 'median', atMost: 20 } as const, { of: 'each', atMost: 39 } as const];
  assert.equal(kept(comparison({ promised: [median, { ...each, atMost: 40 }] })), true);
  assert.equal(kept(comparison({ promised: [median, each] })), false);
  assert.equal(kept(comparison({ promised: [median, { notAbove: 'absent' }] })), undefined);
});

test('without a promise nothing is kept or missed', () => {
  assert.equal(kept(comparison({})), undefined);
});
