import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SampleWindow } from '../../src/probe/window.ts';

const sample = (sentAt: number, rtt: number | undefined, target = '198.19.0.1') => ({ target, sentAt, rtt });

test('each target has samples of its own', () => {
  const window = new SampleWindow(1000);
  for (const rtt of [10, 90, 20]) window.add(sample(0, rtt), 0);
  window.add(sample(1, undefined, '198.19.0.2'), 1);
  assert.deepEqual(window.summary(2, '198.19.0.1'), {
    sent: 3,
    lost: 0,
    rtt: { median: 20, mean: 40, deviation: 100 / 3 },
  });
  assert.deepEqual(window.summary(2, '198.19.0.2'), { sent: 1, lost: 1 });
  assert.deepEqual(window.summary(2, '198.19.0.3'), { sent: 0, lost: 0 });
  assert.equal(window.summary(2).sent, 4);
});

test('loss and delay are those of the samples within the window', () => {
  const window = new SampleWindow(1000);
  window.add(sample(0, 500), 0);
  window.add(sample(600, 10), 600);
  window.add(sample(700, 20), 700);
  window.add(sample(800, undefined), 900);
  assert.deepEqual(window.summary(1000), { sent: 3, lost: 1, rtt: { median: 15, mean: 15, deviation: 5 } });
});

test('an empty window, and one in which all is lost, have no delay', () => {
  const window = new SampleWindow(1000);
  assert.deepEqual(window.summary(0), { sent: 0, lost: 0 });
  window.add(sample(0, undefined), 0);
  assert.deepEqual(window.summary(0), { sent: 1, lost: 1 });
});

test('slices cut the window into equal parts, the oldest first', () => {
  const window = new SampleWindow(1000);
  window.add(sample(50, 1), 50);
  window.add(sample(950, undefined), 950);
  window.add(sample(990, 3), 990);
  const slices = window.slices(1000, 10);
  assert.deepEqual(
    slices.map(({ sent, lost }) => [sent, lost]),
    [[1, 0], ...Array.from({ length: 8 }, () => [0, 0]), [2, 1]],
  );
});

test('a window holds as many samples as come, and lets go of them in their order', () => {
  const window = new SampleWindow(1000);
  for (let now = 0; now < 5000; now++) {
    window.add(sample(now, now), now);
    const kept = Math.min(now + 1, 1000);
    assert.equal(window.summary(now).sent, kept);
    assert.equal(window.summary(now).rtt?.mean, now - (kept - 1) / 2);
  }
});

test('slices and summary agree for any samples', () => {
  const step = fc.record({ gap: fc.nat(50), rtt: fc.option(fc.nat(900), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (samples) => {
      const window = new SampleWindow(1000);
      let now = 0;
      for (const { gap, rtt } of samples) {
        now += gap;
        window.add(sample(now, rtt), now);
      }
      const sum = (part: 'sent' | 'lost') =>
        window.slices(now, 20).reduce((total, slice) => total + slice[part], 0);
      const { sent, lost } = window.summary(now);
      assert.deepEqual([sum('sent'), sum('lost')], [sent, lost]);
    }),
  );
});
