import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Severity } from '../../src/observe/line.ts';
import { LogFile } from '../../src/observe/log-file.ts';
import { transcribe, until } from '../support/waiting.ts';

const PATIENCE = 5000;

/** A log file in a directory of its own, with room for everything unless told. */
function place(context: TestContext, limits: { max_size?: number; old_files?: number } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-log-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const settings = { file: join(directory, 'log'), max_size: 1_000_000, old_files: 10, ...limits };
  const declined: string[] = [];
  const changes: (string | undefined)[] = [];
  const log = new LogFile(settings, {
    declined: ({ text }) => declined.push(text),
    changed: (fault) => changes.push(fault),
  });
  const append = (...texts: string[]) => {
    for (const text of texts) log.append({ severity: 'warning', text });
  };
  return { directory, settings, declined, changes, log, append };
}

/** The texts in a file, without what stands before them; none where there is no file. */
function texts(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.equal(lines.pop(), '', 'the last line ends');
    return lines.map((line) => line.slice(line.indexOf(' -- : ') + 6));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function holds(file: string, ...expected: string[]): Promise<void> {
  await until(() => texts(file).length >= expected.length, PATIENCE);
  assert.deepEqual(texts(file), expected);
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${1000 + index}`);

describe('a log file', () => {
  test('has lines in the format of the first version', async (context) => {
    const { settings, log } = place(context);
    const severities: Severity[] = ['error', 'warning', 'notice', 'info'];
    for (const severity of severities) log.append({ severity, text: `of ${severity}` });
    await until(() => texts(settings.file).length === 4, PATIENCE);
    const lines = readFileSync(settings.file, 'utf8').split('\n');
    const time = String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} #${process.pid}\]`;
    for (const [index, words] of [
      `E, ${time} ERROR -- : of error`,
      `W, ${time}  WARN -- : of warning`,
      `I, ${time}  INFO -- : of notice`,
      `I, ${time}  INFO -- : of info`,
    ].entries())
      assert.match(lines[index] ?? '', new RegExp(`^${words}$`));
    assert.ok(Math.abs(Date.parse(lines[0]?.slice(4, 27) ?? '') - Date.now()) < 60_000);
  });

  test('keeps what stands in it', async (context) => {
    const { settings, append } = place(context);
    writeFileSync(settings.file, 'W, from before -- : old\n');
    append('new');
    await holds(settings.file, 'old', 'new');
  });

  test('is as large as allowed at most, and ten old ones are kept where ten are wanted', async (context) => {
    const { directory, settings, append } = place(context, { max_size: 200 });
    const lines = numbered(60);
    append(...lines);
    await until(() => texts(settings.file).at(-1) === lines.at(-1), PATIENCE);
    const old = Array.from({ length: 10 }, (_, number) => `log.${number}`);
    assert.deepEqual(readdirSync(directory).toSorted(), ['log', ...old]);
    const files = [...old.toReversed(), 'log'].map((name) => join(directory, name));
    for (const file of files) assert.ok(statSync(file).size <= 200);
    const kept = files.flatMap(texts);
    assert.deepEqual(kept, lines.slice(-kept.length));
    assert.ok(kept.length > 20, `${kept.length} lines`);
  });

  test('is begun anew where no old ones are wanted', async (context) => {
    const { directory, settings, append } = place(context, { max_size: 100, old_files: 0 });
    const lines = numbered(3);
    append(...lines);
    await until(() => texts(settings.file).at(-1) === lines.at(-1), PATIENCE);
    assert.deepEqual([readdirSync(directory), texts(settings.file)], [['log'], [lines.at(-1)]]);
  });

  test('holds a line that is longer than the file may be', async (context) => {
    const { directory, settings, append } = place(context, { max_size: 1, old_files: 2 });
    append('a', 'b', 'c');
    await holds(settings.file, 'c');
    assert.deepEqual(
      ['log.0', 'log.1'].map((name) => texts(join(directory, name))),
      [['b'], ['a']],
    );
  });

  for (const [deed, perform, left] of [
    ['renamed', (file: string) => renameSync(file, `${file}.away`), ['after']],
    ['removed', (file: string) => rmSync(file), ['after']],
    ['truncated', (file: string) => truncateSync(file), ['after']],
    ['left alone', () => {}, ['before', 'after']],
  ] as const) {
    test(`that was ${deed} gets the next line`, async (context) => {
      const { settings, append, changes } = place(context);
      append('before');
      await holds(settings.file, 'before');
      perform(settings.file);
      append('after');
      await holds(settings.file, ...left);
      assert.deepEqual(changes, []);
    });
  }

  test('takes lines again once its directory is there; what it missed went elsewhere, and one word told why', async (context) => {
    const { directory, settings, append, changes, declined, log } = place(context);
    const missing = join(directory, 'missing');
    log.settings = { ...settings, file: join(missing, 'log') };
    append('one', 'two');
    await until(() => declined.length === 2, PATIENCE);
    mkdirSync(missing);
    append('three');
    await holds(join(missing, 'log'), 'three');
    assert.deepEqual(declined, ['one', 'two']);
    assert.equal(changes.length, 2);
    assert.match(changes[0] ?? '', /^ENOENT: .*missing\/log/);
    assert.equal(changes[1], undefined);
  });

  test('on a full disk loses no line and holds no half one', (context) => {
    const { directory } = place(context);
    const program = `
      import { readFileSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
      const { LogFile } = await import(${JSON.stringify(new URL('../../src/observe/log-file.js', import.meta.url))});
      const told = [];
      const settings = { file: ${JSON.stringify(join(directory, 'log'))}, max_size: 1e6, old_files: 1 };
      const log = new LogFile(settings, {
        declined: ({ text }) => told.push(text[0]),
        changed: (fault) => told.push(fault?.split(':')[0]),
      });
      log.append({ severity: 'info', text: 'a'.repeat(9000) });
      log.append({ severity: 'info', text: 'b'.repeat(9000) });
      log.append({ severity: 'info', text: 'c' });
      process.once('beforeExit', () => {
        const lines = readFileSync(settings.file, 'utf8').split('\\n');
        console.log(told.join(), lines.map((line) => line.at(-1)).join());
      });`;
    const mount = `mount -t tmpfs -o size=16k none "${directory}" && exec "$@"`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const printed = execFileSync('unshare', ['--mount', 'sh', '-c', mount, 'sh', ...node], {
      encoding: 'utf8',
    });
    assert.equal(printed, 'ENOSPC,b, a,c,\n');
  });

  test('that cannot be rotated does not grow beyond its size', async (context) => {
    const { directory, settings, append, declined, changes } = place(context, { max_size: 60, old_files: 1 });
    mkdirSync(join(directory, 'log.0'));
    append('one', 'two', 'three');
    await until(() => declined.length === 2, PATIENCE);
    assert.deepEqual([texts(settings.file), declined, changes.length], [['one'], ['two', 'three'], 1]);
  });

  test('on a disk that hangs holds nobody up, and is not waited for without bounds', async (context) => {
    const { settings, append, declined, changes } = place(context);
    // Opening it takes until somebody reads.
    execFileSync('mkfifo', [settings.file]);
    const lines = numbered(10_003);
    append(...lines);
    assert.deepEqual(declined, lines.slice(10_000));
    assert.deepEqual(changes, ['10000 lines wait for the disk']);
    // Opened for writing too, so that it does not end with the first line.
    const reader = spawn('sh', ['-c', 'exec cat <>"$1"', 'sh', settings.file]);
    context.after(() => reader.kill());
    const read = transcribe([reader.stdout], (line) => line.replace(/^.* -- : /, ''));
    await read.until((line) => line === lines[9999], { within: PATIENCE });
    assert.deepEqual(read.entries, lines.slice(0, 10_000));
    await until(() => changes.length > 1, PATIENCE);
    assert.equal(changes[1], undefined);
  });

  test('gives up what waits when none is wanted any more', async (context) => {
    const { settings, append, declined, log } = place(context);
    append('one', 'two');
    log.settings = undefined;
    await until(() => declined.length > 0, PATIENCE);
    append('three');
    await until(() => declined.at(-1) === 'three', PATIENCE);
    assert.deepEqual([...texts(settings.file), ...declined], ['one', 'two', 'three']);
  });
});
