import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, remembered, select, succession } from '../../src/uplink/selection.ts';

/** "a1+ b2-" : a in group 1 is up, b in group 2 is down; without a number there is no group. */
function candidates(text: string): Candidate[] {
  return text.split(' ').map((word) => {
    const [, name = '', group, sign] = /^([a-z])(\d?)([+-])$/.exec(word) ?? [];
    return { name, up: sign === '+', ...(group && { priorityGroup: Number(group) }) };
  });
}

describe('new connections are carried by', () => {
  for (const [what, now, last, expected] of [
    ['all of the best group', 'a1+ b1+ c2+', '', 'a b'],
    ['those of the best group that work', 'a1- b1+ c2+', 'a b', 'b'],
    ['the next group when the best is dead', 'a1- b1- c2+ d2+', 'b', 'c d'],
    ['the best group again when one of it works', 'a1- b1+ c2+', 'c', 'b'],
    ['nobody without a group, as long as others work', 'a+ b2+', '', 'b'],
    ['those who carried them last when nothing works', 'a1- b1- c2-', 'c', 'c'],
    ['the best group when nothing works and nobody carried them', 'a1- b1- c2-', '', 'a b'],
    ['the best group when nothing works and those who carried them are gone', 'a1- b2-', 'x', 'a'],
    ['nobody when no uplink has a group', 'a+ b+', '', ''],
  ] as const) {
    test(what, () =>
      assert.equal(select(candidates(now), last.split(' ').filter(Boolean)).join(' '), expected),
    );
  }

  test('nobody who is down or in a worse group than somebody who works, whatever the uplinks', () => {
    const candidate = fc.record(
      {
        name: fc.string({ minLength: 1, maxLength: 2 }),
        up: fc.boolean(),
        priorityGroup: fc.integer({ min: -3, max: 9 }),
      },
      { requiredKeys: ['name', 'up'] },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(candidate, { selector: ({ name }) => name }),
        fc.array(fc.string()),
        (all, last) => {
          const selected = all.filter(({ name }) => select(all, last).includes(name));
          const working = all.filter(({ up, priorityGroup }) => up && priorityGroup !== undefined);
          if (working.length === 0) return;
          const best = Math.min(...working.map(({ priorityGroup = 0 }) => priorityGroup));
          assert.deepEqual(
            selected,
            working.filter(({ priorityGroup }) => priorityGroup === best),
          );
        },
      ),
    );
  });
});

describe('the route that stands tells which uplinks had failed:', () => {
  for (const [what, all, carriers, expected] of [
    ['nobody, when there is no route', 'a1+ b1+ c2+', '', ''],
    ['nobody, when all are in them', 'a1+ b1+ c2+', 'a b c', ''],
    ['whoever is missing', 'a1+ b1+ c2+ d3+', 'b d', 'a c'],
    ['nobody without a group', 'a+ b1+ c2+', 'c', 'b'],
  ] as const) {
    test(what, () =>
      assert.equal([...remembered(candidates(all), carriers.split(' ').filter(Boolean))].join(' '), expected),
    );
  }
});

describe('new connections would be taken over by', () => {
  for (const [what, all, selected, expected] of [
    [
      'those who have them, and then by who works, the better group first',
      'a2+ b1+ c3- d1+ e3+',
      'b d',
      'b0 d1 a2 e4',
    ],
    ['nobody without a group', 'a+ b1+', 'b', 'b0'],
    ['those who had them last, when nothing works', 'a1- b2-', 'b', 'b1'],
  ] as const) {
    test(what, () => {
      const places = [...succession(candidates(all), selected.split(' '))];
      assert.equal(places.map((place) => place.join('')).join(' '), expected);
    });
  }
});
