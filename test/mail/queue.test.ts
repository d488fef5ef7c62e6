import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  add,
  begin,
  CAPACITY,
  count,
  EMPTY,
  end,
  type Letter,
  type Notice,
  type Outcome,
  pause,
  type Queue,
  resume,
} from '../../src/mail/queue.ts';

const notice = (time: number): Notice => ({ time, lines: [`notice ${time}`] });
const queueOf = (...times: number[]) => times.map(notice).reduce(add, EMPTY);
const times = (letter: Letter | undefined) => letter?.notices.map(({ time }) => time);

describe('the queue', () => {
  test('puts all that waits into one letter', () => {
    const begun = begin(queueOf(1, 2, 3), 'x');
    assert.deepEqual(begun?.letter, {
      id: 'x',
      notices: [1, 2, 3].map(notice),
      dropped: 0,
      repeated: false,
    });
    assert.deepEqual(begun && end(begun.queue, 'taken'), EMPTY);
  });

  test('has nothing to send when nothing waits', () => assert.equal(begin(EMPTY, 'x'), undefined));

  test('lets newer notices join a letter that has certainly not arrived', () => {
    const { queue = EMPTY } = begin(queueOf(1, 2), 'x') ?? {};
    assert.deepEqual(times(begin(end(add(queue, notice(3)), 'not taken'), 'y')?.letter), [1, 2, 3]);
  });

  test('sends what may have arrived as it was, before all that is newer', () => {
    const { letter, queue = EMPTY } = begin(queueOf(1, 2), 'x') ?? {};
    const doubtful = end(add(queue, notice(3)), 'unknown');
    const again = begin(doubtful, 'y');
    assert.deepEqual(again?.letter, { ...letter, repeated: true });
    // A refusal says nothing about the attempt before.
    assert.deepEqual(end(doubtful, 'not taken'), doubtful);
    const next = begin(end(doubtful, 'taken'), 'z');
    assert.deepEqual([next?.letter.id, times(next?.letter)], ['z', [3]]);
  });

  test('takes what a dead process had under way for what may have arrived', () => {
    const { letter, queue = EMPTY } = begin(queueOf(1), 'x') ?? {};
    assert.deepEqual(begin(resume(queue), 'y')?.letter, { ...letter, repeated: true });
    assert.deepEqual(resume(queueOf(1)), queueOf(1));
  });

  test('drops the oldest when too many wait, and counts them in the next letter', () => {
    const full = queueOf(...Array(CAPACITY + 3).keys());
    const { letter } = begin(full, 'x') ?? {};
    assert.deepEqual([letter?.dropped, letter?.notices.length, times(letter)?.[0]], [3, CAPACITY, 3]);
  });
});

test('pauses grow from half a minute to an hour', () =>
  assert.deepEqual(
    [0, 1, 2, 3, 7, 8, 1000].map((failures) => pause(failures) / 1000),
    [0, 30, 60, 120, 1920, 3600, 3600],
  ));

test('whatever happens: each notice is delivered, kept or counted as dropped, and repeated only in its own letter', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }).map((notices) => ({ notices })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Outcome>('taken', 'not taken', 'unknown').map((outcome) => ({ outcome })),
    },
    { weight: 1, arbitrary: fc.constant({ restart: true }) },
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let queue: Queue = EMPTY;
      let added = 0;
      let dropped = 0;
      const delivered: number[] = [];
      /** In which letter each notice may have arrived. */
      const seen = new Map<number, string>();
      steps.forEach((each, position) => {
        if ('notices' in each) {
          for (let i = 0; i < each.notices; i++) queue = add(queue, notice(added++));
          return;
        }
        const begun = begin(queue, String(position));
        if (begun === undefined) return;
        const { letter } = begun;
        for (const { time } of letter.notices)
          assert.deepEqual([seen.has(time), seen.get(time) ?? letter.id], [letter.repeated, letter.id]);
        const outcome = 'restart' in each ? 'unknown' : each.outcome;
        queue = 'restart' in each ? resume(begun.queue) : end(begun.queue, each.outcome);
        if (outcome === 'unknown') for (const { time } of letter.notices) seen.set(time, letter.id);
        if (outcome !== 'taken') return;
        delivered.push(...letter.notices.map(({ time }) => time));
        dropped += letter.dropped;
      });
      assert.ok(count(queue) <= 2 * CAPACITY);
      const kept = count(queue) + queue.dropped + (queue.letter?.dropped ?? 0);
      assert.equal(delivered.length + dropped + kept, added);
      assert.deepEqual(
        delivered,
        delivered.toSorted((a, b) => a - b),
      );
    }),
  );
});
