import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficMeter } from '../../src/probe/traffic-meter.ts';

/** After ten seconds at so many bytes a second. */
function meter(rate: number): TrafficMeter {
  const tested = new TrafficMeter();
  for (let now = 0; now <= 10_000; now += 1000) tested.look((rate * now) / 1000, now);
  return tested;
}

test('a line that goes on to receive about what it did is busy', () => {
  assert.equal(meter(100_000).busy(1_000_000 + 40_000, 10_400), true);
  assert.equal(meter(100_000).busy(1_000_000 + 22_000, 10_400), true);
});

test('a line that hardly receives anything any more is not', () => {
  assert.equal(meter(100_000).busy(1_000_000 + 10_000, 10_400), false);
  assert.equal(meter(100_000).busy(1_000_000, 10_400), false);
});

test('the chatter of an idle line is no traffic', () => {
  assert.equal(meter(500).busy(5000 + 200, 10_400), false);
});

test('the replies to our own probes are none either', () => {
  assert.equal(meter(500).busy(5000 + 24 * 98, 10_400), false);
});

test('in quiet times a look is due once a second', () => {
  const tested = meter(1000);
  assert.equal(tested.due(10_500), false);
  assert.equal(tested.due(11_000), true);
});

test('nothing is known before the first look', () => {
  assert.equal(new TrafficMeter().busy(1_000_000, 5), false);
});

test('what arrived before the trouble is no sign of life in it', () => {
  const tested = meter(100_000);
  tested.mark(1_090_000, 10_900);
  assert.equal(tested.busy(1_091_000, 11_200), false);
  assert.equal(tested.busy(1_115_000, 11_200), true);
});
