import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../../src/config/nearest.ts';

test('the nearest word is found, and none when all are far', () => {
  const known = ['weight', 'gateway', 'ip', 'interface'];
  assert.equal(nearest('wieght', known), 'weight');
  assert.equal(nearest('interfaces', known), 'interface');
  assert.equal(nearest('ips', known), 'ip');
  assert.equal(nearest('color', known), undefined);
  assert.equal(nearest('', known), undefined);
});

test('the edit distance is a metric', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      assert.equal(editDistance(a, b) === 0, a === b);
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
  );
  assert.equal(editDistance('kitten', 'sitting'), 3);
});
