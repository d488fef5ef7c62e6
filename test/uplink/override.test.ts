import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  formatOverride,
  type Override,
  overridden,
  overriddenReason,
  timeLeft,
} from '../../src/uplink/override.ts';
import { type Candidate, select, succession } from '../../src/uplink/selection.ts';

const linked = { routable: true };
const unplugged = { routable: true, fault: 'no carrier on eth1' };

describe('an override', () => {
  const failing: Candidate = { name: 'eth1', up: false, priorityGroup: 1 };
  for (const [what, override, attachment, expected] of [
    ['that is none leaves the judgement to the tests', undefined, linked, failing],
    ['"up" sets failed tests aside', { kind: 'up' }, linked, { ...failing, up: true }],
    ['"up" cannot set a missing link aside', { kind: 'up' }, unplugged, failing],
    ['"down" takes it out of use', { kind: 'down' }, linked, { ...failing, use: 'never' }],
    ['"drained" makes it the last resort', { kind: 'drained' }, linked, { ...failing, use: 'last' }],
  ] as const) {
    test(what, () => assert.deepEqual(overridden(failing, override, attachment), expected));
  }

  test('of a drain may have an end', () => {
    assert.equal(timeLeft({ kind: 'drained', until: 500 }, 100), 400);
    assert.equal(timeLeft({ kind: 'drained', until: 500 }, 900), 0);
    assert.equal(timeLeft({ kind: 'drained' }, 100), undefined);
    assert.equal(timeLeft({ kind: 'down' }, 100), undefined);
  });

  test('is told with its time and with what the tests say', () => {
    const state = { reason: '2 of 2 targets answer', attachment: linked };
    const words = (
      [undefined, { kind: 'down' }, { kind: 'drained' }, { kind: 'drained', until: 90_000 }] as const
    ).map((override) => overriddenReason(override, state, 500));
    assert.deepEqual(words, [
      '2 of 2 targets answer',
      'forced down by the administrator; the tests say: 2 of 2 targets answer',
      'drained by the administrator; the tests say: 2 of 2 targets answer',
      'drained by the administrator, 1m 30s left; the tests say: 2 of 2 targets answer',
    ]);
    assert.equal(
      overriddenReason({ kind: 'up' }, { ...state, attachment: unplugged }, 500),
      'forced up by the administrator, to no effect: no carrier on eth1',
    );
  });

  test('has a word', () => {
    const words = (['up', 'down', 'drained'] as const).map((kind) => formatOverride({ kind }));
    assert.deepEqual(words, ['forced up', 'forced down', 'drained']);
  });
});

describe('whatever the uplinks and their overrides,', () => {
  const override = fc.constantFrom<Override | undefined>(
    undefined,
    { kind: 'up' },
    { kind: 'down' },
    { kind: 'drained' },
  );
  const uplinks = fc
    .array(fc.record({ up: fc.boolean(), group: fc.option(fc.nat(2)), plugged: fc.boolean(), override }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((all) =>
      all.map(({ up, group, plugged, override }, id) => {
        const candidate = {
          name: `eth${id}`,
          up: up && plugged,
          ...(group !== null && { priorityGroup: group }),
        };
        return { override, candidate: overridden(candidate, override, plugged ? linked : unplugged) };
      }),
    );
  const names = fc.subarray(['eth0', 'eth1', 'eth2', 'eth3', 'eth4']);
  const decide = (
    all: readonly { candidate: Candidate; override: Override | undefined }[],
    last: string[],
  ) => {
    const candidates = all.map(({ candidate }) => candidate);
    const selected = select(candidates, last);
    const of = (kind: Override['kind']) =>
      all.filter(({ override }) => override?.kind === kind).map(({ candidate }) => candidate.name);
    return { candidates, selected, places: succession(candidates, selected), of };
  };

  test('one that is forced down carries nothing and would never take over', () =>
    fc.assert(
      fc.property(uplinks, names, (all, last) => {
        const { selected, places, of } = decide(all, last);
        for (const name of of('down')) assert.ok(!selected.includes(name) && !places.has(name));
      }),
    ));

  test('a drained one carries nothing while another works, and takes over behind all others', () =>
    fc.assert(
      fc.property(uplinks, names, (all, last) => {
        const { candidates, selected, places, of } = decide(all, last);
        const drained = of('drained');
        const others = candidates.filter(
          ({ up, priorityGroup, use }) => up && priorityGroup !== undefined && use === undefined,
        );
        if (others.length === 0) return;
        assert.ok(drained.every((name) => !selected.includes(name)));
        const worst = Math.max(...others.map(({ name }) => places.get(name) ?? Number.NaN));
        for (const name of drained) assert.ok((places.get(name) ?? Number.POSITIVE_INFINITY) > worst);
      }),
    ));

  test('overrides of some move nobody else’s place', () =>
    fc.assert(
      fc.property(uplinks, names, (all, last) => {
        const { places, selected } = decide(all, last);
        const withoutUse = ({ name, up, priorityGroup }: Candidate): Candidate => ({
          name,
          up,
          ...(priorityGroup !== undefined && { priorityGroup }),
        });
        const before = succession(
          all.map(({ candidate }) => withoutUse(candidate)),
          selected,
        );
        for (const { name, use } of all.map(({ candidate }) => candidate))
          if (use === undefined) assert.equal(places.get(name), before.get(name));
      }),
    ));
});
