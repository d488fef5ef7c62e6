import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { difference } from '../../src/reconcile/difference.ts';

test('a difference has the lines that go and those that come, in their order', () => {
  assert.deepEqual(difference('a\nb\nc\n', 'a\nx\nc\ny\n'), ['- b', '+ x', '+ y']);
  assert.deepEqual(difference('', 'a\n\nb\n'), ['+ a', '+ b']);
  assert.deepEqual(difference('a\nb\n', ''), ['- a', '- b']);
});

const text = fc.array(fc.constantFrom('a', 'b', 'c', '\td')).map((lines) => lines.join('\n'));

test('any difference leads from the one to the other', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      const changes = difference(from, to);
      const lines = (one: string) => one.split('\n').filter((line) => line !== '');
      const count = (sign: string) => changes.filter((line) => line.startsWith(sign)).length;
      assert.equal(lines(from).length - count('- ') + count('+ '), lines(to).length);
      const gone = changes.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
      const kept = lines(from);
      for (const line of gone) kept.splice(kept.indexOf(line), 1);
      const come = changes.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2));
      assert.deepEqual([...kept, ...come].toSorted(), lines(to).toSorted());
    }),
  );
});

test('equal texts differ in nothing', () => {
  fc.assert(fc.property(text, (one) => assert.deepEqual(difference(one, one), [])));
});
