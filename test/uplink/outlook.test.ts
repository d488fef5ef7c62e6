import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deadTargets, undecided } from '../../src/uplink/outlook.ts';

const none: ReadonlySet<string> = new Set();

describe('a decision', () => {
  test('waits only while somebody may prove to be better and nobody is known to be', () => {
    assert.equal(undecided([]), false);
    assert.equal(undecided(['bad']), false);
    assert.equal(undecided(['unclear', 'bad']), true);
    assert.equal(undecided(['unclear', 'good']), false);
  });
});

describe('a target', () => {
  const line = (answering: string, mute: string, lost = 3) => [
    ...answering.split('').map((target) => ({ target, answers: true, rtt: null, mute: false, lost: 0 })),
    ...mute.split('').map((target) => ({ target, answers: false, rtt: null, mute: true, lost })),
  ];

  test('is dead when it is mute on every line that has an answer', () => {
    assert.deepEqual([...deadTargets([line('bc', 'a'), line('b', 'ac'), line('', 'abc')], none)], ['a']);
  });

  test('is not dead when it answers on one of them, or is not tested there', () => {
    assert.deepEqual([...deadTargets([line('bc', 'a'), line('ab', 'c')], none)], []);
    assert.deepEqual([...deadTargets([line('bc', 'a'), line('b', '')], none)], []);
  });

  test('cannot be told from a line by one line alone', () => {
    assert.deepEqual([...deadTargets([line('b', 'a')], none)], []);
    assert.deepEqual([...deadTargets([line('b', 'a'), line('', 'ab')], none)], []);
  });

  test('is not dead when lines that lose much do not hear of it', () => {
    const missed = { target: 'b', answers: false, rtt: null, mute: false, lost: 1 };
    const lossy = [...line('c', 'a'), missed];
    assert.deepEqual([...deadTargets([lossy, lossy, line('bc', 'a')], none)], []);
    assert.deepEqual([...deadTargets([lossy, line('bc', 'a'), line('bc', 'a')], none)], ['a']);
  });

  test('is not dead as long as replies may still come on all lines', () => {
    assert.deepEqual([...deadTargets([line('bc', 'a', 0), line('bc', 'a', 2)], none)], []);
    assert.deepEqual([...deadTargets([line('bc', 'a', 0), line('bc', 'a', 3)], none)], ['a']);
  });

  test('stays dead until it answers anywhere', () => {
    assert.deepEqual([...deadTargets([line('b', ''), line('', '')], new Set(['a']))], ['a']);
    assert.deepEqual([...deadTargets([line('b', ''), line('a', '')], new Set(['a']))], []);
  });

  test('that answers anywhere is never dead', () => {
    const targets = ['a', 'b', 'c', 'd'];
    const lines = fc.array(fc.subarray(targets), { maxLength: 5 });
    fc.assert(
      fc.property(lines, (all) => {
        const dead = deadTargets(
          all.map((own) => line(own.join(''), targets.filter((name) => !own.includes(name)).join(''))),
          new Set(targets),
        );
        for (const answering of all) for (const name of answering) assert.equal(dead.has(name), false);
      }),
    );
  });
});
