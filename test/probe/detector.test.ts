import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { DetectorRules } from '../../src/probe/detector.ts';
import { type Line, type Simulation, simulate } from './simulated-line.ts';

const rules: DetectorRules = {
  needed: 4,
  attempts: 1,
  timeout: 1000,
  interval: 1000,
  silence: 400,
  leaving: { loss: 0.2 },
  returning: { loss: 0.05 },
};
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The trouble begins after the detector has come to know the line. */
const FROM = 10 * SECOND;

/** What becomes of lines that are healthy, then in trouble, and healthy again; one for each seed. */
function troubles(trouble: ReturnType<Line>, span: number, seeds: number, more: Partial<Simulation> = {}) {
  return Array.from({ length: seeds }, (_, index) => {
    const from = FROM + ((index * 137) % 1000);
    const line: Line = (now) => (now >= from && now < from + span ? trouble : {});
    const run = { rules, line, duration: from + span + MINUTE, seed: index + 1, ...more };
    const { changes, sent } = simulate(run);
    const later = changes.filter(({ at }) => at >= from);
    return {
      /** Until the line was left, ms. */
      left: (later.find(({ passed }) => !passed)?.at ?? Number.NaN) - from,
      /** From the end of the trouble until the line was come back to, ms. */
      back: (later.findLast(({ passed }) => passed)?.at ?? Number.NaN) - from - span,
      during: later.filter(({ at }) => at < from + span),
      after: later.filter(({ at }) => at >= from + span),
      quiet: sent.filter((at) => at >= 5 * SECOND && at < FROM).length,
    };
  });
}

const worst = (values: readonly number[]) => Math.max(...values);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

describe('a detector', () => {
  test('leaves a black hole within a second though it asks four times in a second, and comes back', () => {
    const runs = troubles({ loss: 1 }, 30 * SECOND, 100);
    assert.ok(median(runs.map(({ left }) => left)) <= 600);
    assert.ok(worst(runs.map(({ left }) => left)) <= 800);
    assert.ok(worst(runs.map(({ back }) => back)) <= 1000);
    for (const { quiet, during, after } of runs)
      assert.deepEqual([quiet, during.length, after.length], [20, 1, 1]);
  });

  test('does not leave a line that is mended at once because of what it was asked before', () => {
    // The next probe is due soon after the line is left: it comes back while others are still under way.
    const own = { ...rules, silence: 490 };
    for (const rtt of [0.3, 20, 80, 150])
      for (let seed = 1; seed <= 50; seed++) {
        const until = (mended: number): Line => {
          return (now) => (now >= FROM && now < mended ? { loss: 1 } : { rtt });
        };
        const run = { rules: own, duration: FROM + MINUTE, seed };
        const left = simulate({ ...run, line: until(Number.POSITIVE_INFINITY) }).changes[1]?.at ?? Number.NaN;
        const { changes } = simulate({ ...run, line: until(left) });
        assert.deepEqual(
          changes.map(({ passed }) => passed),
          [true, false, true],
        );
        const back = (changes[2]?.at ?? Number.NaN) - left;
        assert.ok(back <= 500, `${back} ms with round trips of ${rtt} ms`);
      }
  });

  test('leaves a line that loses 40 %, once, and comes back when it is mended', () => {
    const runs = troubles({ loss: 0.4 }, MINUTE, 200);
    assert.ok(median(runs.map(({ left }) => left)) <= 1500);
    assert.ok(worst(runs.map(({ left }) => left)) <= 10 * SECOND);
    assert.ok(worst(runs.map(({ back }) => back)) <= 1000);
    for (const { during, after } of runs) assert.deepEqual([during.length, after.length], [1, 1]);
    assert.match(runs[0]?.during[0]?.reason ?? '', /^\d+ of \d+ probes lost in \d+\.\d s$/);
  });

  test('stays on a line that loses 5 % for ten minutes', () => {
    for (const { during } of troubles({ loss: 0.05 }, 10 * MINUTE, 50)) assert.deepEqual(during, []);
  });

  test('stays on a full line whose replies take 800 ms instead of 20, for as long as data arrive', () => {
    for (const { during } of troubles({ rtt: 800 }, MINUTE, 50, { busy: true })) assert.deepEqual(during, []);
  });

  test('stays on a full line that drops a quarter for the seconds until the senders slow down', () => {
    const overflow = { loss: 0.25, rtt: 800 };
    for (const { during } of troubles(overflow, 4 * SECOND, 100, { busy: true }))
      assert.deepEqual(during, []);
  });

  test('leaves a line that loses much although data arrive', () => {
    const runs = troubles({ loss: 0.4 }, MINUTE, 100, { busy: true });
    assert.ok(worst(runs.map(({ left }) => left)) <= 10 * SECOND);
    for (const { during, after } of runs) assert.deepEqual([during.length, after.length], [1, 1]);
  });

  test('does not care for dead targets that it can do without', () => {
    for (const run of troubles({ loss: 1 }, MINUTE, 20, { dead: 2 })) {
      assert.ok(run.left <= 1000, `${run.left}`);
      assert.ok(run.back <= 1000, `${run.back}`);
    }
    const { changes } = simulate({ rules, line: () => ({}), duration: 10 * MINUTE, dead: 2, seed: 1 });
    assert.deepEqual(
      changes.map(({ passed }) => passed),
      [true],
    );
  });

  test('leaves a line on which too few targets answer', () => {
    const { changes } = simulate({ rules, line: () => ({}), duration: MINUTE, dead: 3, seed: 1 });
    assert.deepEqual(
      changes.map(({ passed }) => passed),
      [false],
    );
    assert.match(changes[0]?.reason ?? '', /no reply from 3 of 6 targets, 4 needed/);
  });

  test('asks a target as often as it is told before it counts as silent', () => {
    const dead: Line = () => ({ loss: 1 });
    for (const attempts of [1, 8]) {
      const { changes, sent } = simulate({
        rules: { ...rules, attempts, timeout: 200 },
        line: dead,
        duration: 5 * SECOND,
        seed: 1,
      });
      const [left] = changes;
      assert.equal(left?.passed, false);
      assert.ok(sent.filter((at) => at <= (left?.at ?? 0)).length >= 6 * attempts);
    }
  });

  test('works with a single target', () => {
    const one = { rules: { ...rules, needed: 1 }, targets: 1 };
    for (const { left, back } of troubles({ loss: 1 }, MINUTE, 20, one)) {
      assert.ok(left <= 1600, `${left}`);
      assert.ok(back <= 3000, `${back}`);
    }
    for (const { during } of troubles({ loss: 0.05 }, 10 * MINUTE, 20, one)) assert.deepEqual(during, []);
  });

  test('does not flap on a line between good and bad', () => {
    const changes = troubles({ loss: 0.2 }, 10 * MINUTE, 20).map(({ during }) => during.length);
    assert.ok(worst(changes) <= 6, changes.join());
  });

  const anyRules = fc
    .record({ targets: fc.integer({ min: 1, max: 8 }), share: fc.double({ min: 0.1, max: 1, noNaN: true }) })
    .map(({ targets, share }) => ({ targets, needed: Math.max(1, Math.round(targets * share)) }));
  const intervals = fc.constantFrom(100, 1000, 5000, 60_000);

  test('always leaves a dead line, always comes back to a healthy one, whatever its rules', () => {
    fc.assert(
      fc.property(anyRules, intervals, fc.nat(), ({ targets, needed }, interval, seed) => {
        const own = { ...rules, needed, interval, silence: 0.4 * interval, timeout: 500 };
        const [run] = troubles({ loss: 1 }, 5 * interval, 1, { rules: own, targets, seed });
        assert.deepEqual(
          run?.during.map(({ passed }) => passed),
          [false],
        );
        assert.ok((run?.left ?? Number.NaN) <= interval + 2000);
      }),
      { numRuns: 60 },
    );
  });

  const phase = fc.record({
    loss: fc.constantFrom(0, 0.05, 0.2, 0.4, 0.7, 1),
    rtt: fc.constantFrom(5, 20, 80, 300),
    lasts: fc.integer({ min: 200, max: 20_000 }),
  });

  test('never changes its mind without evidence, and ends with the truth, whatever the line has gone through', () => {
    fc.assert(
      fc.property(
        fc.array(phase, { minLength: 1, maxLength: 8 }),
        anyRules,
        fc.nat(),
        (phases, shape, seed) => {
          const span = phases.reduce((sum, { lasts }) => sum + lasts, 0);
          const line = (last: { readonly loss?: number }): Line => {
            return (now) => {
              let end = 0;
              return phases.find(({ lasts }) => now < (end += lasts)) ?? last;
            };
          };
          const own = { ...rules, needed: shape.needed };
          for (const dead of [true, false]) {
            const { changes, sent, heard } = simulate({
              rules: own,
              targets: shape.targets,
              line: line(dead ? { loss: 1 } : {}),
              duration: span + 2 * MINUTE,
              seed,
            });
            assert.equal(changes.at(-1)?.passed, !dead);
            for (const [index, { passed, at }] of changes.entries()) {
              const since = changes[index - 1]?.at ?? -1;
              const answers = heard.filter((time) => time > since && time <= at);
              if (passed) assert.ok(answers.length >= own.needed, `${answers.length} answers at ${at}`);
              else
                assert.ok(
                  sent.filter((time) => time <= at).length > heard.filter((time) => time <= at).length,
                );
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('never changes its mind on a line that loses nothing', () => {
    fc.assert(
      fc.property(
        anyRules,
        intervals,
        fc.integer({ min: 1, max: 400 }),
        fc.nat(),
        (shape, interval, rtt, seed) => {
          const own = { ...rules, needed: shape.needed, interval, silence: 0.4 * interval };
          const { changes } = simulate({
            rules: own,
            targets: shape.targets,
            line: () => ({ rtt }),
            duration: MINUTE,
            seed,
          });
          assert.deepEqual(
            changes.map(({ passed }) => passed),
            [true],
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
