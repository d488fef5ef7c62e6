import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/control/status.ts';
import { statusExit, statusPage } from '../../src/control/status-page.ts';
import { localTime } from '../../src/observe/local-time.ts';
import { cable, fibre, lte } from './uplinks.ts';

const since = new Date('2026-11-23T09:14:02.345Z');
const well: Status = {
  version: 1,
  configuration: { since: since.toISOString() },
  kernel: { as_planned: true, faults: [] },
  uplinks: [fibre, cable],
  policies: [],
};
const local = localTime(since).slice(0, 19).replace('T', ' ');
const routing = '2 of 2 uplinks work; group 1 carries new connections.';

test('under the table stands what carries connections and what is in force', () => {
  const lines = statusPage(well, { width: 140, colour: false });
  assert.match(lines[0] ?? '', /^UPLINK /);
  assert.equal(lines.at(-1), `${routing} Configuration of ${local}, kernel as planned.`);
});

test('where policies lead stands below the uplinks', () => {
  const carrier = { interface: 'eth2', family: 4 as const, description: 'Cable', share: 0.25 };
  const policy = {
    policy: 'guests',
    family: 4,
    carriers: [carrier],
    replaced: false,
    otherwise: 'any',
  } as const;
  const policies: Status['policies'] = [
    { ...policy, carriers: [{ ...carrier, description: 'Fibre', share: 0.75 }, carrier] },
    { ...policy, policy: 'telephones', replaced: true },
    { ...policy, policy: 'telephones', family: 6, carriers: [] },
    { ...policy, policy: 'backup', carriers: [], otherwise: 'unreachable' },
    { ...policy, policy: 'office', carriers: [], otherwise: 'main' },
  ];
  const lines = statusPage({ ...well, policies }, { width: 140, colour: false });
  assert.deepEqual(lines.slice(3, -1), [
    'POLICY           LEADS OVER',
    'guests           Fibre 75 %, Cable 25 %',
    'telephones       Cable, in place of its own',
    'telephones IPv6  as all others',
    'backup           unreachable',
    'office           the main table',
  ]);
  for (const text of statusPage({ ...well, policies }, { width: 20, colour: false }))
    assert.ok(text.length <= 20, text);
});

test('a narrow terminal has a line for each sentence', () => {
  const lines = statusPage(well, { width: 80, colour: false });
  assert.deepEqual(lines.slice(-2), [routing, `Configuration of ${local}, kernel as planned.`]);
});

test('what of the kernel is not as planned stands at the end', () => {
  const fault = 'rule add 40000: from 198.18.1.2 lookup 1 proto 70: EPERM';
  const lines = statusPage(
    { ...well, kernel: { as_planned: false, faults: [fault] } },
    { width: 140, colour: false },
  );
  assert.match(lines.at(-2) ?? '', /, kernel not as planned\.$/);
  assert.equal(lines.at(-1), `  ${fault}`);
});

for (const [what, uplinks, kernel, status] of [
  ['all uplinks work', [fibre, cable], true, 0],
  ['an uplink is down', [fibre, lte], true, 1],
  ['the kernel is not as planned', [fibre, cable], false, 1],
  ['no uplink works', [lte], true, 3],
  ['no uplink works, nor the kernel', [lte, lte], false, 3],
] as const) {
  test(`the exit status is ${status} when ${what}`, () =>
    assert.equal(statusExit({ uplinks, kernel: { as_planned: kernel, faults: [] } }), status));
}
