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
  type Outcome,
  pause,
  type Queue,
  resume,
} from '../../src/delivery/queue.ts';

const queueOf = (...items: number[]) => items.reduce<Queue<number>>(add, EMPTY);
const ALL = CAPACITY;

describe('the queue', () => {
  test('puts as many as allowed of what waits into one batch', () => {
    const all = begin(queueOf(1, 2, 3), 'x', ALL);
    assert.deepEqual(all?.batch, { id: 'x', items: [1, 2, 3], dropped: 0, repeated: false });
    assert.deepEqual(all && end(all.queue, 'taken'), EMPTY);
    const one = begin(queueOf(1, 2, 3), 'x', 1);
    assert.deepEqual(one?.batch.items, [1]);
    assert.deepEqual(one && end(one.queue, 'taken'), queueOf(2, 3));
  });

  test('has nothing to send when nothing waits', () => assert.equal(begin(EMPTY, 'x', ALL), undefined));

  test('lets newer items join a batch that has certainly not arrived', () => {
    const { queue = EMPTY } = begin(queueOf(1, 2), 'x', ALL) ?? {};
    assert.deepEqual(begin(end(add(queue, 3), 'not taken'), 'y', ALL)?.batch.items, [1, 2, 3]);
  });

  test('sends what may have arrived as it was, before all that is newer', () => {
    const { batch, queue = EMPTY } = begin(queueOf(1, 2), 'x', ALL) ?? {};
    const doubtful = end(add(queue, 3), 'unknown');
    const again = begin(doubtful, 'y', ALL);
    assert.deepEqual(again?.batch, { ...batch, repeated: true });
    // A refusal says nothing about the attempt before.
    assert.deepEqual(end(doubtful, 'not taken'), doubtful);
    const next = begin(end(doubtful, 'taken'), 'z', ALL);
    assert.deepEqual([next?.batch.id, next?.batch.items], ['z', [3]]);
  });

  test('takes what a dead process had under way for what may have arrived', () => {
    const { batch, queue = EMPTY } = begin(queueOf(1), 'x', ALL) ?? {};
    assert.deepEqual(begin(resume(queue), 'y', ALL)?.batch, { ...batch, repeated: true });
    assert.deepEqual(resume(queueOf(1)), queueOf(1));
  });

  test('drops the oldest when too many wait, and counts them in the next batch', () => {
    const full = queueOf(...Array(CAPACITY + 3).keys());
    const { batch } = begin(full, 'x', ALL) ?? {};
    assert.deepEqual([batch?.dropped, batch?.items.length, batch?.items[0]], [3, CAPACITY, 3]);
  });
});

test('pauses grow from half a minute to an hour', () =>
  assert.deepEqual(
    [0, 1, 2, 3, 7, 8, 1000].map((failures) => pause(failures) / 1000),
    [0, 30, 60, 120, 1920, 3600, 3600],
  ));

test('whatever happens: each item is delivered, kept or counted as dropped, and repeated only in its own batch', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }).map((items) => ({ items })) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Outcome>('taken', 'not taken', 'unknown').map((outcome) => ({ outcome })),
    },
    { weight: 1, arbitrary: fc.constant({ restart: true }) },
  );
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: ALL }), (steps, most) => {
      let queue: Queue<number> = EMPTY;
      let added = 0;
      let dropped = 0;
      const delivered: number[] = [];
      /** In which batch each item may have arrived. */
      const seen = new Map<number, string>();
      steps.forEach((each, position) => {
        if ('items' in each) {
          for (let i = 0; i < each.items; i++) queue = add(queue, added++);
          return;
        }
        const begun = begin(queue, String(position), most);
        if (begun === undefined) return;
        const { batch } = begun;
        for (const item of batch.items)
          assert.deepEqual([seen.has(item), seen.get(item) ?? batch.id], [batch.repeated, batch.id]);
        const outcome = 'restart' in each ? 'unknown' : each.outcome;
        queue = 'restart' in each ? resume(begun.queue) : end(begun.queue, each.outcome);
        if (outcome === 'unknown') for (const item of batch.items) seen.set(item, batch.id);
        if (outcome !== 'taken') return;
        delivered.push(...batch.items);
        dropped += batch.dropped;
      });
      assert.ok(count(queue) <= 2 * CAPACITY);
      const kept = count(queue) + queue.dropped + (queue.batch?.dropped ?? 0);
      assert.equal(delivered.length + dropped + kept, added);
      assert.deepEqual(
        delivered,
        delivered.toSorted((a, b) => a - b),
      );
    }),
  );
});
