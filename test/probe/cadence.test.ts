import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Cadence } from '../../src/probe/cadence.ts';

const rules = { interval: 1000, needed: 4, timeout: 2000, silence: 400 };

test('quiet probes have slots on a grid that a late look does not shift', () => {
  const cadence = new Cadence(rules, 0);
  assert.equal(cadence.slotIsDue(0), true);
  cadence.slot(0);
  assert.equal(cadence.dueAt, 250);
  cadence.slot(340);
  assert.equal(cadence.dueAt, 500);
});

test('a slot is always to come, whatever the interval', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 100, max: 1e8, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (interval, needed, now) => {
        const cadence = new Cadence({ ...rules, interval, needed }, now);
        cadence.slot(now);
        assert.ok(cadence.dueAt > now && cadence.dueAt <= now + (2 * interval) / needed);
      },
    ),
  );
});

test('rounds follow each other soon, become rarer after many probes, but not while something is alarming', () => {
  const pauses = (alarming: boolean) => {
    const cadence = new Cadence({ ...rules, interval: 60_000, needed: 1 }, 0);
    cadence.burst(0);
    return Array.from({ length: 20 }, () => {
      const now = cadence.rounds === 0 ? 0 : cadence.dueAt;
      cadence.round(now, 6, 'suspicious', alarming);
      return Math.min(Math.round(cadence.dueAt - now), 250);
    });
  };
  assert.deepEqual([...new Set(pauses(true))], [100]);
  assert.deepEqual(
    pauses(false)
      .slice(0, 10)
      .every((pause) => pause === 100),
    true,
  );
  assert.ok((pauses(false).at(-1) ?? 0) > 100);
});

test('a hope in vain makes the next one wait, twice as long each time, until it is clear how the line is', () => {
  const cadence = new Cadence({ ...rules, interval: 60_000 }, 0);
  const waits = (now: number) =>
    [250, 500, 1000, 2000].map((wait) => {
      cadence.despair(now);
      return cadence.mayHope(now + wait - 1) ? 'early' : cadence.mayHope(now + wait) ? 'on time' : 'late';
    });
  assert.deepEqual(waits(0), ['on time', 'on time', 'on time', 'on time']);
  cadence.settle();
  assert.deepEqual(waits(9000), ['on time', 'on time', 'on time', 'on time']);
});
