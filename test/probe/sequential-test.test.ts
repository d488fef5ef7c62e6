import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SequentialTest } from '../../src/probe/sequential-test.ts';

/** The sum after so many probes, of which the first were lost. */
function sumAfter(test: SequentialTest, lost: number, answered: number): number {
  for (let each = 0; each < lost; each++) test.lost(1);
  for (let each = 0; each < answered; each++) test.answered();
  return test.sum;
}

test('a loss counts as much as twice the loss is likelier to cause it than half of it', () => {
  assert.ok(Math.abs(sumAfter(new SequentialTest(0.2, 'lost', 8), 1, 0) - Math.log(0.4 / 0.1)) < 1e-9);
  const expected = 3 * Math.log(4) + 2 * Math.log(0.6 / 0.9);
  assert.ok(Math.abs(sumAfter(new SequentialTest(0.2, 'lost', 8), 3, 2) - expected) < 1e-9);
});

test('25 answers in a row are trusted when 5 % may be lost', () => {
  assert.ok(sumAfter(new SequentialTest(0.05, 'answered', 64), 0, 24) < 2);
  assert.ok(sumAfter(new SequentialTest(0.05, 'answered', 64), 0, 25) >= 2);
});

test('what was taken for lost can be taken back', () => {
  const doubt = new SequentialTest(0.2, 'lost', 8);
  doubt.lost(2);
  doubt.lost(-2);
  assert.equal(doubt.sum, 0);
});

test('the sum stays between 0 and its greatest value, whatever comes', () => {
  const outcomes = fc.array(fc.boolean(), { maxLength: 200 });
  const loss = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      outcomes,
      loss,
      fc.constantFrom('lost' as const, 'answered' as const),
      (answers, part, favour) => {
        const tested = new SequentialTest(part, favour, 8);
        for (const answer of answers) {
          if (answer) tested.answered();
          else tested.lost(1);
          assert.ok(tested.sum >= 0 && tested.sum <= 8);
        }
      },
    ),
  );
});

test('a good past does not outweigh a bad moment', () => {
  const fresh = new SequentialTest(0.2, 'lost', 8);
  const old = new SequentialTest(0.2, 'lost', 8);
  sumAfter(old, 0, 10_000);
  assert.equal(sumAfter(fresh, 4, 0), sumAfter(old, 4, 0));
});
