import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficMeter } from '../../src/probe/traffic-meter.ts';

/** After ten quiet seconds at so many bytes a second. */
function meter(rate: number): TrafficMeter {
  const tested = new TrafficMeter();
  for (let now = 0; now <= 10_000; now += 1000) tested.observe(false, now, () => (rate * now) / 1000);
  return tested;
}

/** Whether a line is busy in trouble, `bytes` after the last quiet second. */
function busy(rate: number, bytes: number): boolean | undefined {
  return meter(rate).observe(true, 10_400, () => 10 * rate + bytes);
}

test('a line that goes on to receive about what it did is busy', () => {
  assert.equal(busy(100_000, 40_000), true);
  assert.equal(busy(100_000, 22_000), true);
});

test('a line that hardly receives anything any more is not', () => {
  assert.equal(busy(100_000, 10_000), false);
  assert.equal(busy(100_000, 0), false);
});

test('the chatter of an idle line is no traffic', () => assert.equal(busy(500, 200), false));

test('the replies to our own probes are none either', () => assert.equal(busy(500, 24 * 98), false));

test('in quiet times it looks once a second, in trouble whenever it may', () => {
  const tested = meter(1000);
  const looks = (searching: boolean, now: number) => {
    let count = 0;
    tested.observe(searching, now, () => ++count);
    return count;
  };
  assert.deepEqual([looks(false, 10_500), looks(false, 11_000), looks(false, 11_500)], [0, 1, 0]);
  assert.deepEqual([looks(true, 11_600), looks(true, 11_650), looks(false, 11_700)], [1, 1, 0]);
});

test('nothing is known before the first look, nor when nobody counts', () => {
  assert.equal(
    new TrafficMeter().observe(true, 5, () => 1_000_000),
    false,
  );
  assert.equal(
    meter(100_000).observe(true, 10_400, () => undefined),
    undefined,
  );
});

test('what arrived before the trouble is no sign of life in it', () => {
  const tested = meter(100_000);
  tested.observe(true, 10_900, () => 1_090_000);
  assert.equal(
    tested.observe(true, 11_200, () => 1_091_000),
    false,
  );
  assert.equal(
    tested.observe(true, 11_200, () => 1_115_000),
    true,
  );
});
