import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { report } from '../../src/trace/report.ts';
import { SetValues } from '../../src/trace/set-values.ts';
import { Trial } from '../../src/trace/trial.ts';
import { generator } from '../support/generator.ts';
import { type Act, record, settings } from './recorded-run.ts';

const calm = (span: number): Act => ({ kind: 'line', device: 'eth2', loss: 0, rtt: 20, span });
const fibre = (loss: number, span: number): Act => ({ kind: 'line', device: 'eth1', loss, rtt: 20, span });

function findings(acts: readonly Act[], ...words: string[]) {
  const trial = new Trial(new SetValues(words));
  for (const one of record(settings(), acts, generator(7)).records) trial.feed(one);
  const found = trial.end();
  assert.ok(found !== undefined);
  return found;
}

describe('a trial', () => {
  test('measures how long an outage was served, and how long it took to leave and to return', () => {
    const { scores } = findings([calm(30_000), fibre(1, 120_000), fibre(0, 120_000)]);
    const score = scores.get('Fibre')?.recorded;
    assert.ok(score !== undefined);
    assert.deepEqual([score.moves, score.needless], [2, 0]);
    assert.ok(score.served > 100 && score.served < 1500, `${score.served}`);
    assert.deepEqual(score.leaving, [score.served]);
    assert.equal(score.returning.length, 1);
    assert.equal(scores.get('Cable')?.recorded.served, 0);
  });

  test('shows what patience costs and what it saves', () => {
    const {
      scores,
      settings: tried,
      decisions,
    } = findings(
      [calm(30_000), fibre(1, 120_000), fibre(0, 120_000), fibre(0.3, 20_000), fibre(0, 120_000)],
      'tests.fall=5',
      'tests.leave.loss=90%',
    );
    assert.deepEqual(tried, [
      { key: 'tests.fall', recorded: '1', set: '5' },
      { key: 'tests.leave.loss', recorded: '20', set: '90' },
    ]);
    const { recorded, set } = scores.get('Fibre')!;
    assert.ok(set.served > recorded.served + 2000, `${set.served}`);
    assert.deepEqual([recorded.moves, set.moves], [4, 2]);
    assert.deepEqual([recorded.needless, set.needless], [1, 0]);
    assert.deepEqual(new Set(decisions.map(({ by }) => by)), new Set(['recorded', 'set', 'both']));
  });

  test('adds up the runs of a daemon, whose clocks have nothing to do with each other', () => {
    const { records } = record(settings(), [calm(30_000), fibre(1, 60_000), fibre(0, 60_000)], generator(7));
    const trial = new Trial(new SetValues([]));
    for (const one of [...records, ...records]) trial.feed(one);
    const found = trial.end();
    assert.ok(found !== undefined);
    assert.deepEqual([found.runs, found.scores.get('Fibre')?.recorded.moves], [2, 4]);
    assert.equal(found.decisions.length, 4);
    assert.match(report(found)[0] ?? '', /^\d+ probes of 2 runs in 5m 0s, /);
  });

  test('without any beginning has found nothing', () => {
    assert.equal(new Trial(new SetValues([])).end(), undefined);
  });

  test('is told of in tables', () => {
    const lines = report(findings([calm(30_000), fibre(1, 60_000), fibre(0, 60_000)], 'tests.hold_down=10s'));
    assert.match(lines[0] ?? '', /^\d+ probes in 2m 30s, from \d{4}-/);
    assert.ok(lines.includes('tests.hold_down  0         10'));
    assert.ok(lines.some((line) => /both +Fibre +down +no reply from 3 of 3 targets/.test(line)));
    assert.ok(lines.some((line) => /recorded +Fibre +up /.test(line)));
    assert.ok(lines.some((line) => /set +Fibre +up /.test(line)));
    assert.ok(lines.some((line) => /^UPLINK +BY +MOVES +NEEDLESS +OUTAGE SERVED/.test(line)));
    assert.ok(lines.some((line) => line.startsWith('all')));
  });

  test('without values tells what was recorded', () => {
    const lines = report(findings([calm(10_000)]));
    assert.ok(lines.includes('No uplink went up or down.'));
    assert.ok(lines.some((line) => /^Fibre +0 +0 +0\.0 s +– +–$/.test(line)));
  });
});
