import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalReads, Log } from '../../src/observe/log.ts';

function written(settings: { debug?: boolean; journal?: boolean }, ...texts: string[]): string[] {
  const lines: string[] = [];
  const log = new Log({ debug: false, journal: false, ...settings }, (text) => lines.push(text));
  for (const text of texts) log.write({ severity: 'warning', text });
  log.write({ severity: 'debug', text: 'a detail' });
  return lines;
}

test('the journal gets the severity, and knows the time itself', () => {
  assert.deepEqual(written({ journal: true, debug: true }, 'a line'), ['<4>a line\n', '<7>a detail\n']);
});

test('others get the time', () => {
  const [line = ''] = written({}, 'a line');
  assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} a line\n$/);
  assert.ok(Math.abs(Date.parse(line.slice(0, 23)) - Date.now()) < 60_000);
});

test('details are for whoever debugs', () => {
  assert.equal(written({}, 'a line').length, 1);
  assert.equal(written({ debug: true }, 'a line').length, 2);
});

test('a line break in a description forges no line', () => {
  assert.deepEqual(written({ journal: true }, 'Uplink A\r\n<0>Uplink B: all is well'), [
    '<4>Uplink A <0>Uplink B: all is well\n',
  ]);
});

test('systemd tells that its journal reads', () => {
  assert.equal(journalReads({ JOURNAL_STREAM: '8:4711' }), true);
  assert.equal(journalReads({}), false);
});
