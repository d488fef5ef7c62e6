import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../src/duration.ts';

test('a duration is read', () => {
  const texts = ['90s', '10m', '1h30m', '1d 12h', '2h 5s'];
  assert.deepEqual(texts.map(parseDuration), [90_000, 600_000, 5_400_000, 129_600_000, 7_205_000]);
});

test('what is none is not', () => {
  for (const text of ['', ' ', '10', '0m', '-5m', '1.5h', '30m1h', '10min', 'm', '1e3s', '999999s'])
    assert.equal(parseDuration(text), undefined, text);
});

test('what was written is read again, to the second greatest unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000 }), (seconds) => {
      const read = parseDuration(formatDuration(seconds * 1000)) ?? Number.NaN;
      assert.ok(read <= seconds * 1000 && read > seconds * 960, `${read}`);
    }),
  );
});
