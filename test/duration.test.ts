import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../src/duration.ts';

test('a duration is written in its two greatest units', () => {
  const durations = [0, 999, 41_000, 723_000, 5_400_000, 273_600_000];
  assert.deepEqual(durations.map(formatDuration), ['0s', '0s', '41s', '12m 3s', '1h 30m', '3d 4h']);
});
