import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoundTripEstimator } from '../../src/probe/round-trip.ts';

test('nothing is expected of a target that has never answered: a second, as RFC 6298 says', () => {
  assert.equal(new RoundTripEstimator().patience, 1000);
});

test('mean and deviation follow as RFC 6298 computes them', () => {
  const estimator = new RoundTripEstimator();
  estimator.add(200);
  assert.deepEqual([estimator.mean, estimator.deviation, estimator.patience], [200, 100, 600]);
  estimator.add(280);
  assert.deepEqual([estimator.mean, estimator.deviation], [210, 95]);
  assert.equal(estimator.patience, 210 + 4 * 95);
});

test('a steady target is soon missed, but not at once', () => {
  const estimator = new RoundTripEstimator();
  for (let each = 0; each < 100; each++) estimator.add(1);
  assert.equal(estimator.patience, 100);
});

test('after a single late reply more patience is had', () => {
  const estimator = new RoundTripEstimator();
  for (let each = 0; each < 100; each++) estimator.add(20);
  estimator.add(800);
  assert.ok(estimator.patience > 800);
});

test('replies that take much longer than they once did are stretched, until they do not any more', () => {
  const estimator = new RoundTripEstimator();
  for (let each = 0; each < 10; each++) estimator.add(20);
  assert.equal(estimator.stretched, false);
  for (let each = 0; each < 10; each++) estimator.add(800);
  assert.equal(estimator.stretched, true);
  for (let each = 0; each < 30; each++) estimator.add(20);
  assert.equal(estimator.stretched, false);
});
