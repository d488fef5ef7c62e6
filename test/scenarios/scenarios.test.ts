import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { generator } from '../support/generator.ts';
import { play } from './play.ts';
import { parseScript, readScript } from './script.ts';

const directory = fileURLToPath(new URL('../../../test/scenarios/', import.meta.url));
const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));

/** Chance shall not decide: each scenario is played with so many dice. */
const SEEDS = 5;

describe('the scenario', () => {
  for (const file of files) {
    test(file, (t) => {
      const script = readScript(directory + file);
      for (let seed = 1; seed <= SEEDS; seed++) {
        t.mock.method(Math, 'random', generator(seed));
        assert.equal(play(script, seed).join('\n'), '', `dice ${seed}`);
      }
    });
  }
});

describe('a scenario', () => {
  const story = (...steps: string[]) =>
    ['uplinks:', '  Fibre: { priority_group: 1 }', '  LTE: { priority_group: 2 }', 'tests: { interval: 1s }']
      .concat('story:', ...steps.map((step) => `  - ${step}`))
      .join('\n');
  const differences = (...steps: string[]) => play(parseScript(story(...steps), 'story.yaml'), 1);

  test('fails when what it expects does not come, comes too late or early, or has another reason', () => {
    for (const step of [
      'by 12s: LTE is down (*)',
      'by 10.1s: Fibre is down (*)',
      'from 11s to 20s: Fibre is down (*)',
      'by 12s: Fibre is down (no carrier on eth1)',
    ]) {
      const all = differences('at 10s: Fibre is dead', step, 'at 20s: nothing more');
      assert.match(all[0] ?? '', /^story\.yaml:7: not from /, step);
      assert.match(all[1] ?? '', /^not expected at 10\.\d+s: Fibre is down \(no reply from /, step);
    }
  });

  test('fails when more comes than it expects', () => {
    const all = differences('at 10s: Fibre is dead', 'by 12s: Fibre is down (*)', 'at 20s: nothing more');
    assert.deepEqual(
      all.map((one) => one.replace(/at [\d.]+s/, 'at some time')),
      ['Fibre carries no', 'LTE carries'].map((one) => `not expected at some time: ${one} new connections`),
    );
  });

  test('with a step that nobody knows is refused, with file and line', () => {
    for (const [step, message] of [
      ['at 10s: Fibre is tired', 'story.yaml:6: "Fibre is tired" is no step'],
      ['at 10s: Cable is dead', 'story.yaml:6: there is no uplink Cable'],
      [
        'after 10s: Fibre is dead',
        'story.yaml:6: "after 10s" is no time; there are: at TIME, by TIME, from TIME to TIME',
      ],
    ] as const)
      assert.throws(() => parseScript(story(step), 'story.yaml'), { message });
  });
});
