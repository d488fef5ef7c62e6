import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Attachment } from '../../src/uplink/attachment.ts';
import type { HysteresisRules } from '../../src/uplink/hysteresis.ts';
import { initialState, step, type UplinkState } from '../../src/uplink/state.ts';

const plain: HysteresisRules = { fall: 1, rise: 1, holdDown: 0, failback: 'auto' };
const attachment: Attachment = { index: 5, ip: '198.18.1.2', gateway: '198.18.1.1', routable: true };
const MINUTE = 60_000;

/** The states of an uplink that is checked once a second, "+" passed and "-" failed, or let back by hand, "!". */
function history(
  rules: Partial<HysteresisRules>,
  marks: string,
  start = initialState(attachment, 'working', 0),
) {
  const states: UplinkState[] = [];
  let state = start;
  for (const [index, mark] of marks.split('').entries()) {
    const verdict = { passed: mark === '+', reason: mark === '+' ? 'all answer' : 'no reply' };
    const event = mark === '!' ? ({ kind: 'released' } as const) : ({ kind: 'checked', verdict } as const);
    state = step(state, event, 1000 * (index + 1), { ...plain, ...rules });
    states.push(state);
  }
  return states;
}

/** "u" up, "d" down, "h" held back. */
const course = (states: readonly UplinkState[]) =>
  states.map(({ up, held }) => (up ? 'u' : held ? 'h' : 'd')).join('');

describe('an uplink', () => {
  test('is left and come back to by one check, if nothing else is said', () =>
    assert.equal(course(history({}, '+-+-+')), 'ududu'));

  test('is left after so many failed checks in a row', () => {
    const states = history({ fall: 3 }, '--+---+');
    assert.equal(course(states), 'uuuuudu');
    assert.equal(states[1]?.reason, 'no reply; 2 of 3 checks failed in a row');
  });

  test('is come back to after so many passed checks in a row', () => {
    const states = history({ rise: 3 }, '-++-+++');
    assert.equal(course(states), 'dhhdhhu');
    assert.equal(states[2]?.reason, 'all answer; held back: 2 of 3 checks passed in a row');
  });

  test('has to be stable for a while', () => {
    const states = history({ holdDown: 3000 }, '-++-+++++');
    assert.equal(course(states), 'dhhdhhhuu');
    assert.equal(states[5]?.reason, 'all answer; held back: stable for 1s of 3s');
  });

  test('comes back by hand alone, if that is wanted', () => {
    const states = history({ failback: 'manual' }, '-++!+');
    assert.equal(course(states), 'dhhuu');
    assert.equal(states[3]?.reason, 'it was let back by hand');
  });

  test('cannot be let back while it fails', () =>
    assert.equal(course(history({ failback: 'manual' }, '-!-!')), 'dddd'));

  test('that is new is judged by its first check', () => {
    const fresh = initialState(attachment, 'unknown', 0);
    assert.equal(course(history({ holdDown: MINUTE, failback: 'manual', rise: 5 }, '+-+', fresh)), 'udh');
    assert.equal(course(history({ holdDown: MINUTE }, '-+', fresh)), 'dh');
  });

  test('that had failed before the start has to prove itself', () => {
    const failed = initialState(attachment, 'failed', 0);
    assert.equal(course(history({ rise: 2 }, '++', failed)), 'hu');
  });

  test('that comes and goes is left alone until its failures are forgiven', () => {
    const damping = { halfLife: MINUTE, suppress: 2.5, reuse: 1 };
    const flaps = history({ damping }, '-+-+-+');
    assert.equal(course(flaps), 'dududh');
    assert.match(flaps.at(-1)?.reason ?? '', /held back: it has failed too often of late, 1m \d+s left$/);
    const later = history({ damping }, `-+-+-${'+'.repeat(120)}`);
    // From nearly 3 down to 1: log2(3) half-lives.
    const back = course(later).lastIndexOf('h') + 1;
    assert.ok(back > 90 && back < 100, `${back}`);
  });
});

describe('whatever the checks say', () => {
  const rules = fc.record({
    fall: fc.integer({ min: 1, max: 5 }),
    rise: fc.integer({ min: 1, max: 5 }),
    holdDown: fc.integer({ min: 0, max: 20 }).map((seconds) => seconds * 1000),
    failback: fc.constant('auto' as const),
  });
  const marks = fc.array(fc.constantFrom('+', '-'), { maxLength: 100 }).map((all) => all.join(''));

  test('no uplink comes back before it has been stable for its time', () => {
    fc.assert(
      fc.property(rules, marks, (own, all) => {
        const states = history(own, all);
        for (const [index, { up }] of states.entries()) {
          if (!up || index === 0 || states[index - 1]?.up) continue;
          const since = all.slice(0, index + 1).lastIndexOf('-') + 1;
          assert.ok(index - since + 1 >= own.rise);
          assert.ok((index - since) * 1000 >= own.holdDown);
        }
      }),
    );
  });

  test('a dead line is left, a healthy one comes back', () => {
    fc.assert(
      fc.property(rules, marks, (own, all) => {
        assert.equal(history(own, `${all}-----`).at(-1)?.up, false);
        assert.equal(history(own, `${all}${'+'.repeat(30)}`).at(-1)?.up, true);
      }),
    );
  });
});
