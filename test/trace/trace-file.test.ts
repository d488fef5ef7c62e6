import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseConfiguration } from '../../src/config/load.ts';
import { LineWriter } from '../../src/trace/line-writer.ts';
import { readTrace, TraceError } from '../../src/trace/reader.ts';
import type { Beginning, TraceRecord } from '../../src/trace/record.ts';
import { isForeign, TraceFile } from '../../src/trace/trace-file.ts';
import { initialState } from '../../src/uplink/state.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/waiting.ts';

const PATIENCE = 60_000;

const { uplinks, tests } = parseConfiguration(
  'uplinks: [{interface: eth1, type: ppp, description: Fibre}]',
  'one.conf',
);

const beginning = (now: number): Beginning => ({
  kind: 'began',
  configuration: { uplinks, tests },
  origins: [{ state: initialState({ routable: true }, 'working', 0), override: undefined, routing: true }],
  targets: [[]],
  first: true,
  now,
  time: 0,
});
const inspected = (now: number): TraceRecord => ({
  kind: 'told',
  line: 0,
  input: { kind: 'inspected', now },
});

function laboratory(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-trace-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'day.trace');
  const faults: (string | undefined)[] = [];
  const clock = new ManualClock();
  const file = () => new TraceFile(path, clock, (fault) => faults.push(fault));
  /** A run of a daemon that records so many records. */
  const run = async (now: number, count: number, store = file()) => {
    const writer = new LineWriter();
    store.begin(writer.line(beginning(now)));
    for (let index = 1; index < count; index++) store.append(writer.line(inspected(now + index)));
    await store.close();
  };
  const damage: string[] = [];
  const read = () => [...readTrace(path, (text) => damage.push(text))];
  return { path, directory, faults, clock, file, run, read, damage };
}

const times = (records: readonly TraceRecord[]) =>
  records.map((record) => (record.kind === 'told' && 'now' in record.input ? record.input.now : 'began'));

test('what several runs record is read in order, and zcat prints it', async (context) => {
  const { path, run, read, damage } = laboratory(context);
  await run(10, 3);
  await run(5, 2);
  assert.deepEqual(times(read()), ['began', 11, 12, 'began', 6]);
  assert.deepEqual(damage, []);
  assert.equal(gunzipSync(readFileSync(path)).toString().split('\n').length, 6);
});

test('a beginning is written at once, other lines after a minute at the latest', async (context) => {
  const { path, clock, file, read } = laboratory(context);
  const store = file();
  const writer = new LineWriter();
  store.begin(writer.line(beginning(0)));
  await until(() => existsSync(path) && readFileSync(path).length > 0, PATIENCE);
  assert.equal(read().length, 1);
  store.append(writer.line(inspected(1)));
  // The first block may be on its way still: then there is another minute.
  await until(() => {
    clock.advance(60_000);
    return read().length === 2;
  }, PATIENCE);
});

test('a last block that is cut off is told of, and all before it is read', async (context) => {
  const { path, run, read, damage } = laboratory(context);
  await run(10, 3);
  const { length } = readFileSync(path);
  await run(20, 50);
  writeFileSync(path, readFileSync(path).subarray(0, length + 100));
  assert.deepEqual(times(read()), ['began', 11, 12]);
  assert.deepEqual(damage, ['after line 3 a part is damaged or cut off']);
});

test('a beginning behind what cannot be read is the first of a run', async (context) => {
  const { run, file, read } = laboratory(context);
  const store = file();
  store.append('["i",0,1]');
  store.begin(new LineWriter().line({ ...beginning(10), first: false }));
  await store.close();
  await run(20, 1);
  assert.deepEqual(
    read().map((record) => record.kind === 'began' && record.first),
    [true, true],
  );
});

test('after a damaged part it goes on at the next beginning', async (context) => {
  const { path, run, read, damage } = laboratory(context);
  await run(10, 3);
  appendFileSync(path, readFileSync(path).subarray(0, 40));
  await run(20, 2);
  assert.deepEqual(times(read()), ['began', 11, 12, 'began', 21]);
  assert.deepEqual(damage, ['after line 3 a part is damaged or cut off']);
});

test('after a damaged line it goes on at the next beginning', async (context) => {
  const { run, file, read, damage } = laboratory(context);
  const store = file();
  store.begin(new LineWriter().line(beginning(10)));
  for (const line of ['["i",0,1]', '["i",0,', '["i",0,2]']) store.append(line);
  await store.close();
  await run(20, 2);
  assert.deepEqual(times(read()), ['began', 11, 'began', 21]);
  assert.equal(damage.length, 1);
  assert.match(damage[0] ?? '', /^after line 3 comes one that is damaged: /);
});

test('a file that cannot be written is told of once, and gets everything when it can', async (context) => {
  const { path, clock, file, faults, read } = laboratory(context);
  mkdirSync(path);
  const store = file();
  const writer = new LineWriter();
  store.begin(writer.line(beginning(10)));
  await store.close();
  store.append(writer.line(inspected(11)));
  clock.advance(60_000);
  await store.close();
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? '', /^EISDIR/);
  rmSync(path, { recursive: true });
  store.append(writer.line(inspected(12)));
  await store.close();
  assert.deepEqual(times(read()), ['began', 11, 12]);
  assert.deepEqual(faults.slice(1), [undefined]);
});

test('what waits is bounded; what is dropped ends at the next beginning', async (context) => {
  const { path, file, read } = laboratory(context);
  mkdirSync(path);
  const store = file();
  const long = `["i",0,1,"${'x'.repeat(1_000_000)}"]`;
  store.begin(new LineWriter().line(beginning(0)));
  for (let index = 0; index < 40; index++) store.append(long);
  await store.close();
  rmSync(path, { recursive: true });
  const writer = new LineWriter();
  store.begin(writer.line(beginning(10)));
  store.append(writer.line(inspected(11)));
  await store.close();
  const found = times(read());
  assert.ok(found.length < 20, `${found.length} of 43`);
  assert.deepEqual(found.slice(-2), ['began', 11]);
});

test('what is no trace is neither read nor added to', (context) => {
  const { path, directory, read } = laboratory(context);
  assert.throws(read, new TraceError(`${path}: ENOENT: no such file or directory, open '${path}'`));
  assert.equal(isForeign(path), false);
  writeFileSync(path, 'uplinks:\n');
  assert.throws(read, new TraceError(`${path}: this is no trace`));
  assert.equal(isForeign(path), true);
  assert.equal(isForeign(join(directory, 'nowhere', 'x')), false);
});
