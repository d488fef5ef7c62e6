import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../../bench/statistics.ts';

test('the median is the middle, or between the two in the middle', () => {
  assert.equal(median([30, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 30]), 3);
  assert.equal(median([7]), 7);
  assert.equal(median([]), Number.NaN);
});
