import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Daemon, type Start } from '../support/daemon.ts';
import { Laboratory } from '../support/namespace.ts';
import { until } from '../support/waiting.ts';
import { PATIENCE } from './site.ts';

/** A router without any line, whose daemon logs into a file. */
function router(context: TestContext) {
  const laboratory = new Laboratory();
  context.after(() => laboratory.close());
  const { router: namespace } = laboratory.namespaces('router');
  const directory = mkdtempSync(join(tmpdir(), 'ftr-log-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'fault_tolerant_router.log');
  const configuration = (log: object = { file }) => ({
    uplinks: [{ interface: 'eth1', type: 'ppp', description: 'Fibre', priority_group: 1 }],
    tests: { interval: 0.1, timeout: 0.1 },
    log,
  });
  const start = (how?: Start) => new Daemon(namespace, configuration(), how);
  return { directory, file, configuration, start };
}

/** Waits until a line of the file has these words. */
function has(file: string, words: string): Promise<void> {
  return until(() => existsSync(file) && readFileSync(file, 'utf8').includes(words), PATIENCE);
}

test('a log file gets everything, and standard output nothing', async (context) => {
  const { file, start } = router(context);
  const daemon = start();
  await has(file, ' WARN -- : Uplink Fibre: ip none, gateway none, up --> down, routing');
  assert.equal(await daemon.end(), 0);
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^I, .* INFO -- : Monitor started, initial default route uplinks: Fibre$/m);
  assert.match(text, /^I, .* INFO -- : Monitor stopped by SIGTERM/m, 'also the last word');
  assert.deepEqual(daemon.log.entries, []);
});

test('a log file that somebody else rotates is begun anew, with SIGUSR1 and without', async (context) => {
  const { file, start } = router(context);
  const daemon = start();
  await has(file, 'Monitor started');
  for (const signals of [['SIGUSR1', 'SIGHUP'], ['SIGHUP']] as const) {
    renameSync(file, `${file}.away`);
    for (const signal of signals) daemon.signal(signal);
    await has(file, 'is in force');
  }
  assert.equal(await daemon.end(), 0);
  assert.deepEqual(daemon.log.entries, [], 'no debugger was opened');
});

test('another log file is taken by a reload, and none', async (context) => {
  const { directory, file, start, configuration } = router(context);
  const daemon = start();
  await has(file, 'Monitor started');
  const other = join(directory, 'other.log');
  daemon.configure(configuration({ file: other }));
  daemon.signal('SIGHUP');
  await has(other, 'is in force');
  const { log: _, ...without } = configuration();
  daemon.configure(without);
  daemon.signal('SIGHUP');
  await daemon.log.until((line) => line.endsWith('is in force'), { within: PATIENCE });
  assert.equal(await daemon.end(), 0);
  assert.doesNotMatch(readFileSync(other, 'utf8') + readFileSync(file, 'utf8'), /stopped/);
});

for (const [what, mount, complaint] of [
  ['a full disk', 'mount -t tmpfs -o size=4k none', /ENOSPC/],
  ['a read-only file system', 'mount -t tmpfs -o ro none', /EROFS/],
] as const) {
  test(`${what} under the log file stops nobody: standard output gets the lines, and once the reason`, async (context) => {
    const { directory, file, start, configuration } = router(context);
    const fill =
      what === 'a full disk' ? `head -c 8192 /dev/zero >"${directory}/fill" 2>/dev/null || :;` : '';
    const mounted = `${mount} "${directory}"; ${fill} exec "$@"`;
    const daemon = start({ by: ['unshare', '--mount', 'sh', '-ec', mounted, 'sh'] });
    await daemon.log.until((line) => line.endsWith('Monitor started, initial default route uplinks: Fibre'), {
      within: PATIENCE,
    });
    daemon.configure(configuration());
    daemon.signal('SIGHUP');
    await daemon.log.until((line) => line.endsWith('is in force'), { within: PATIENCE });
    assert.equal(await daemon.end(), 0);
    const complaints = daemon.log.entries.filter((line) => line.includes(`Log file ${file} takes no lines`));
    assert.equal(complaints.length, 1);
    assert.match(complaints[0] ?? '', complaint);
    assert.match(daemon.log.entries.at(-1) ?? '', /Monitor stopped/);
  });
}

test('a demonstration writes no log file', async (context) => {
  const { directory, start, configuration } = router(context);
  const daemon = start({ options: ['--demo'] });
  await daemon.log.until((line) => line.includes('Monitor started'), { within: PATIENCE });
  daemon.configure(configuration());
  daemon.signal('SIGHUP');
  await daemon.log.until((line) => line.endsWith('is in force'), { within: PATIENCE });
  assert.equal(await daemon.end(), 0);
  assert.deepEqual(readdirSync(directory), []);
});
