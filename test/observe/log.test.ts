import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Line } from '../../src/observe/line.ts';
import { Log, type LogSettings } from '../../src/observe/log.ts';
import { until } from '../support/waiting.ts';

/** A journal that takes nothing, and one that keeps what it takes. */
const gone = { write: () => false };
const keeping = (lines: Line[]) => ({ write: (line: Line) => lines.push(line) > 0 });

function written(settings: Partial<LogSettings>, ...texts: string[]): string[] {
  const lines: string[] = [];
  const log = new Log({ debug: false, ...settings }, (text) => lines.push(text));
  for (const text of texts) log.write({ severity: 'warning', text });
  log.write({ severity: 'debug', text: 'a detail' });
  return lines;
}

test('the journal takes lines with their fields, and then standard output gets none', () => {
  const lines: Line[] = [];
  const fields = { UPLINK: 'eth1' };
  const log = new Log({ debug: false, journal: keeping(lines) }, () => assert.fail());
  log.write({ severity: 'warning', event: 'uplink_down', text: 'Uplink A\n is down', fields });
  assert.deepEqual(lines, [{ severity: 'warning', event: 'uplink_down', text: 'Uplink A  is down', fields }]);
});

test('standard output gets what the journal does not take, with the severity and without the time', () => {
  assert.deepEqual(written({ journal: gone, debug: true }, 'a line'), ['<4>a line\n', '<7>a detail\n']);
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
  assert.deepEqual(written({ journal: gone }, 'Uplink A\r\n<0>Uplink B: all is well'), [
    '<4>Uplink A <0>Uplink B: all is well\n',
  ]);
});

const file = { file: '/nonexistent/log', max_size: 1_000_000, old_files: 1 };

test('a file gets all but the details, and standard output all where somebody debugs', () => {
  assert.deepEqual(written({ file, journal: gone }, 'a line'), []);
  assert.deepEqual(written({ file, journal: gone, debug: true }, 'a line'), ['<4>a line\n', '<7>a detail\n']);
});

for (const debug of [false, true]) {
  test(`standard output gets once what the file does not take, and why${debug ? ', also where somebody debugs' : ''}`, async () => {
    const lines = written({ file, journal: gone, debug }, 'a line');
    await until(() => lines.some((line) => line.startsWith('<3>')), 5000);
    const [complaint, ...others] = lines.toSorted();
    assert.match(complaint ?? '', /^<3>Log file \/nonexistent\/log takes no lines, .*ENOENT/);
    assert.deepEqual(others, debug ? ['<4>a line\n', '<7>a detail\n'] : ['<4>a line\n']);
  });
}

test('without a file, after a reload too, standard output gets everything', async () => {
  const lines: string[] = [];
  const log = new Log({ debug: false, journal: gone, file }, (text) => lines.push(text));
  log.reload(undefined);
  log.write({ severity: 'info', text: 'a line' });
  assert.deepEqual(lines, ['<6>a line\n']);
});
