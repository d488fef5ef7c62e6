import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { eventLine } from '../../src/control/event-line.ts';
import type { RecordedEvent } from '../../src/observe/history.ts';
import { localTime } from '../../src/observe/local-time.ts';

const time = '2026-11-23T14:03:11.204Z';
const down: RecordedEvent = {
  time,
  event: 'uplink_down',
  severity: 'warning',
  text: 'Uplink LTE is down: no reply from 5 of 6 targets',
  uplink: { interface: 'ppp0', family: 4 as const, description: 'LTE' },
  policy: null,
  state: 'down',
  role: null,
  reason: 'no reply from 5 of 6 targets',
};
const local = localTime(new Date(time)).replace('T', ' ');
const wide = { width: Number.POSITIVE_INFINITY, colour: false };

test('an event tells when, what and why', () =>
  assert.equal(
    eventLine(down, wide),
    `${local}  uplink_down    Uplink LTE is down: no reply from 5 of 6 targets`,
  ));

test('what has no name of its own stands in the same columns', () =>
  assert.equal(eventLine({ ...down, event: null }, wide), `${local}${' '.repeat(17)}${down.text}`));

test('colours add nothing to what is read', () => {
  const painted = eventLine(down, { ...wide, colour: true });
  assert.notEqual(painted, eventLine(down, wide));
  assert.equal(stripVTControlCharacters(painted), eventLine(down, wide));
});

test('text that would move the cursor is shown as it cannot', () =>
  assert.ok(eventLine({ ...down, text: 'Fi\u001b[2Jbre\n' }, wide).endsWith('  Fi?[2Jbre?')));
