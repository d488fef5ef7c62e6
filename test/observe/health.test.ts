import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ailment, type Vitals } from '../../src/observe/health.ts';

const well: Vitals = {
  lateness: 3,
  tolerance: 2500,
  overdue: new Map([
    ['Fibre', -400],
    ['Cable', 5],
  ]),
  refusal: undefined,
  heard: true,
};

const cases: readonly (readonly [string, Partial<Vitals>, string | undefined])[] = [
  ['all works', {}, undefined],
  ['no uplink is probed', { overdue: new Map() }, undefined],
  ['it was without the processor for a moment', { lateness: 2400 }, undefined],
  ['the loop was blocked', { lateness: 2600 }, 'everything comes 2600 ms too late'],
  [
    'requests are refused',
    { refusal: 'ping: EPROTO: the answer has no end' },
    'the kernel does not answer: ping: EPROTO: the answer has no end',
  ],
  ['no event comes', { heard: false }, 'the events of the kernel are not heard'],
  [
    'a prober has forgotten its timer',
    { overdue: new Map([['Cable', 2600]]) },
    'the probes of Cable stand still',
  ],
  [
    'two probers',
    {
      overdue: new Map([
        ['Fibre', 9e9],
        ['Cable', 9000],
      ]),
    },
    'the probes of Fibre, Cable stand still',
  ],
  ['probers are as late as everything', { lateness: 2000, overdue: new Map([['Cable', 4000]]) }, undefined],
];

for (const [what, vitals, expected] of cases) {
  test(what, () => assert.equal(ailment({ ...well, ...vitals }), expected));
}
