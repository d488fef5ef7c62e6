import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { test } from 'node:test';
import fc from 'fast-check';
import { columns, cut } from '../../src/control/span.ts';
import type { Status, UplinkStatus } from '../../src/control/status.ts';
import { statusTable } from '../../src/control/table.ts';
import { cable, fibre, lte } from './uplinks.ts';

function status(...uplinks: UplinkStatus[]): Pick<Status, 'uplinks'> {
  return { uplinks };
}

test('on a wide terminal each uplink has one line', () => {
  assert.deepEqual(statusTable(status(fibre, cable, lte), { width: 140, colour: false }), [
    'UPLINK  STATE  ROLE     SHARE    SINCE   LOSS       RTT ± DEV  LAST MINUTE           WHY',
    'Fibre   up     routing   75 %    3d 4h    0 %   12.1 ± 0.8 ms  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▁▃█  6 of 6 targets answer',
    'Cable   up     routing   25 %   12m 3s    1 %   18.4 ± 3.0 ms  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁·×  6 of 6 targets answer',
    'LTE     down   standby      –      41s  100 %               –  ××××××××××××××××××××  no reply from 5 of 6 targets, 4 needed',
  ]);
});

test('on a narrow terminal each uplink has a second line for its minute and its reason', () => {
  assert.deepEqual(statusTable(status(fibre, lte), { width: 80, colour: false }), [
    'UPLINK  STATE  ROLE     SHARE    SINCE   LOSS       RTT ± DEV',
    'Fibre   up     routing   75 %    3d 4h    0 %   12.1 ± 0.8 ms',
    '  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▁▃█  6 of 6 targets answer',
    'LTE     down   standby      –      41s  100 %               –',
    '  ××××××××××××××××××××  no reply from 5 of 6 targets, 4 needed',
  ]);
});

test('what was seen of new connections stands beside the share', () => {
  const [heading, first, second] = statusTable(
    status(fibre, cable),
    { width: 140, colour: false },
    new Map([['eth1', 0.7]]),
  );
  assert.match(heading ?? '', /SHARE {3}SEEN {4}SINCE/);
  assert.match(first ?? '', / 75 % {3}70 % /);
  assert.match(second ?? '', / 25 % {6}– /);
});

test('no line is longer than the terminal is wide, and colours add nothing to what is read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.string({ unit: 'grapheme' }), (width, text) => {
      const one = status({ ...fibre, description: text, reason: text }, lte);
      const plain = statusTable(one, { width, colour: false });
      for (const line of plain) assert.ok(columns(line) <= width, `${line} is longer than ${width}`);
      const painted = statusTable(one, { width, colour: true });
      assert.deepEqual(
        painted.map((line) => stripVTControlCharacters(line).trimEnd()),
        plain,
      );
    }),
  );
});

test('nothing moves when an uplink dies', () => {
  const narrow = { width: 80, colour: false };
  const column = (table: string[], title: string) => table[0]?.indexOf(title);
  const well = statusTable(status(fibre, cable), narrow);
  const dead = statusTable(status(fibre, { ...lte, description: 'Cable' }), narrow);
  assert.deepEqual(column(dead, 'RTT'), column(well, 'RTT'));
});

test('text that would move the cursor is shown as it cannot', () => {
  assert.equal(cut('Fi\u001b[2Jbre\n', 20), 'Fi?[2Jbre?');
  assert.equal(cut('no reply from anybody', 9), 'no reply…');
  assert.equal(cut('Fibre', 0), '');
});

test('what an administrator has said stands in the place of the state', () => {
  const words = (['up', 'down', 'drained'] as const).map((kind) => {
    const [, row = ''] = statusTable(status({ ...fibre, override: { kind, left: null } }), {
      width: 200,
      colour: false,
    });
    return /(forced up|forced down|drained) {2,}routing/.exec(row)?.[1];
  });
  assert.deepEqual(words, ['forced up', 'forced down', 'drained']);
});
