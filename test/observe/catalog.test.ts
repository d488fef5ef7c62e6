import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MESSAGE_IDS } from '../../src/event-name.ts';
import type { MonitorEvent } from '../../src/monitor/event.ts';
import { describe } from '../../src/observe/line.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const entries = new Map(
  read('config/fault-tolerant-router.catalog')
    .split(/^-- /m)
    .slice(1)
    .map((entry): [string, string] => [entry.slice(0, entry.indexOf('\n')), entry]),
);

const uplink = { interface: 'eth1', family: 4 as const, description: 'D' };
const error = new Error('why');
const up = { ...uplink, up: true, routing: true };
const operation = { kind: 'add-rule', rule: { family: 4, priority: 1, table: 1, protocol: 70 } } as const;
const policy = {
  policy: 'voice',
  family: 4,
  carriers: [{ ...uplink, share: 1 }],
  replaced: false,
  otherwise: 'any',
} as const;
const probe = { target: '198.19.0.1', sentAt: 0 };
/** What the monitor tells of, by its kind, with as little in it as there can be. */
const samples: {
  readonly [Kind in MonitorEvent['kind']]: Omit<Extract<MonitorEvent, { kind: Kind }>, 'kind'>;
} = {
  started: { routing: [] },
  probed: { uplink, probe: { ...probe, rtt: 1 } },
  checked: { uplink, verdict: { passed: true, reason: 'why' } },
  moved: { uplink, up: false, reason: 'why' },
  overridden: { uplink, was: undefined, is: undefined, left: undefined },
  'overrides-failed': { error },
  flushed: { uplink, cause: 'failed' },
  'flush-failed': { uplink, error },
  changed: { uplinks: [{ was: up, is: { ...up, up: false } }] },
  steered: { was: policy, is: { ...policy, carriers: [] } },
  reconciled: { outcomes: [{ operation }, { operation, error }], cause: 'repair' },
  unreadable: { error },
  'table-changed': { from: undefined, to: 'table inet x {\n}\n', cause: 'repair' },
  'table-failed': { error },
  targets: { dead: ['198.19.0.1'], alive: ['198.19.0.2'] },
  stalled: { uplink, lateness: 1 },
  overrun: {},
};

test('every event has an entry in the catalog, and every entry an event', () => {
  assert.deepEqual([...entries.keys()].toSorted(), Object.values(MESSAGE_IDS).toSorted());
  for (const id of entries.keys()) assert.match(id, /^[0-9a-f]{32}$/);
});

test('the document about the journal has all events', () => {
  const rows = read('docs/journal.md').matchAll(/^\| `(\w+)` .* `([0-9a-f]{32})` \|$/gm);
  assert.deepEqual(Object.fromEntries([...rows].map(([, event, id]) => [event, id])), MESSAGE_IDS);
});

test('every entry says of what, from whom and where to read on', () => {
  for (const entry of entries.values())
    assert.match(
      entry,
      /^\w+\nSubject: .+\nDefined-By: Fault Tolerant Router\nSupport: man:fault_tolerant_router\(8\)\n\n[^]+\n$/,
    );
});

test('what an entry quotes is a field of all that it tells of', () => {
  for (const [kind, sample] of Object.entries(samples))
    for (const { event = assert.fail(), fields } of describe({ kind, ...sample } as MonitorEvent)) {
      const quoted = entries.get(MESSAGE_IDS[event])?.matchAll(/@([A-Z_]+)@/g) ?? [];
      for (const [, name = ''] of quoted) assert.ok(name in (fields ?? {}), `${event}: ${name}`);
    }
});
