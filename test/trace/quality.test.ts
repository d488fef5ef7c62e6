import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Input } from '../../src/probe/input.ts';
import { Quality } from '../../src/trace/quality.ts';

const TIMEOUT = 1000;

/** A line that is asked each 100 ms, as the pattern tells: "." answers after 20 ms, "x" does not. */
function line(pattern: string, restartAt = Number.POSITIVE_INFINITY): Quality {
  const quality = new Quality(TIMEOUT);
  const turn = (now: number, more: Partial<Extract<Input<number>, { kind: 'turn' }>>) =>
    quality.hear({ kind: 'turn', now, cause: { kind: 'time' }, asked: [], busy: false, ...more });
  quality.hear({ kind: 'begun', targets: ['198.19.0.1'], now: 0 });
  for (const [index, fate] of pattern.split('').entries()) {
    const now = 100 * index;
    if (now === restartAt) turn(now, { cause: { kind: 'restart' } });
    turn(now, { asked: [[{ target: '198.19.0.1', sentAt: now }]] });
    const outcome = { rtt: 20 };
    if (fate === '.') turn(now + 20, { cause: { kind: 'outcome', probe: 1, outcome } });
  }
  turn(100 * pattern.length + TIMEOUT, {});
  quality.close();
  return quality;
}

describe('the quality of a line', () => {
  test('knows an outage from its first lost probe to the first that is answered', () => {
    const quality = line(`${'.'.repeat(50)}${'x'.repeat(50)}${'.'.repeat(50)}`);
    assert.deepEqual(quality.outages, [{ from: 5000, to: 10_000 }]);
    assert.equal(quality.probes, 150);
  });

  test('knows no outage where less than half is lost', () => {
    assert.deepEqual(line('..x..x.x.'.repeat(30)).outages, []);
    assert.equal(line('.x...'.repeat(100)).loss(10_000, 29_999), 0.2);
  });

  test('knows an outage that lasts to the end', () => {
    const { outages } = line(`${'.'.repeat(50)}${'x'.repeat(50)}`);
    assert.deepEqual(outages, [{ from: 5000, to: 11_000 }]);
  });

  test('blames nobody for what was under way when all was asked anew', () => {
    const quality = line(`${'.'.repeat(50)}xxxxx${'.'.repeat(50)}`, 5500);
    assert.equal(quality.loss(0, 20_000), 0);
  });
});
