import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tellLines } from '../src/hooks/lines.ts';
import { GRACE, type Program, start } from '../src/program.ts';
import { ManualClock } from './support/manual-clock.ts';
import { Transcript, until } from './support/waiting.ts';
import { lives } from './hooks/processes.ts';

const PATIENCE = 8000;
const LIMIT = 10_000;
const PATH = '/usr/bin:/bin';

/** Starts a program on a clock that the test moves. */
function run(command: readonly string[], more: Partial<Program> = {}) {
  const clock = new ManualClock();
  const lines = new Transcript<string>();
  const program = { command, environment: { PATH }, input: '', limit: LIMIT, ...more };
  const running = start(
    { ...program, output: (stream) => tellLines(stream, (line) => lines.add(line)) },
    clock,
  );
  const line = (pattern: RegExp) => lines.until((one) => pattern.test(one), { within: PATIENCE });
  /** The process of which it tells as "child 4711". */
  const child = async () => (await line(/^child \d+$/)).replace('child ', '');
  return { clock, lines, line, child, ended: running.ended, kill: () => running.kill() };
}

const shell = (script: string) => ['sh', '-c', script];

describe('a program gets', () => {
  test('its environment and nothing else of it', async () => {
    const { ended, lines } = run(['env'], { environment: { PATH, FTR_EVENT: 'uplink_down' } });
    assert.equal(await ended, undefined);
    assert.deepEqual(lines.entries.toSorted(), ['FTR_EVENT=uplink_down', `PATH=${PATH}`]);
  });

  test('its input, whole', async () => {
    const { ended, lines } = run(['wc', '-c'], { input: 'x'.repeat(1_000_000) });
    assert.equal(await ended, undefined);
    assert.deepEqual(lines.entries, ['1000000']);
  });

  test('its arguments as they are', async () => {
    const { ended, lines } = run(['printf', '%s|', '$HOME', 'a b', '*', "'"]);
    await ended;
    assert.deepEqual(lines.entries, ["$HOME|a b|*|'|"]);
  });

  test('three descriptors, and a session of its own', async () => {
    const { ended, lines } = run(shell('cut -d" " -f1,5,6 /proc/$$/stat; exec ls /proc/self/fd'));
    await ended;
    const [ids = '', ...descriptors] = lines.entries;
    // The last is the directory that ls reads. What lies higher was there before Node, which has not seen it.
    assert.deepEqual(
      descriptors.filter((one) => Number(one) <= 15),
      ['0', '1', '2', '3'],
    );
    const [pid, group, session] = ids.split(' ');
    assert.deepEqual([group, session], [pid, pid]);
  });

  test('no capability of a daemon that has ambient ones, but the one that it is to have', () => {
    const module = (name: string) => JSON.stringify(new URL(`../src/${name}.js`, import.meta.url));
    const program = `
      const { start } = await import(${module('program')});
      const { systemClock } = await import(${module('clock')});
      const command = ['grep', '-E', 'Cap(Prm|Eff|Amb)', '/proc/self/status'];
      const environment = { PATH: '/usr/bin' };
      const output = (stream) => stream.on('data', (text) => process.stdout.write(text));
      const grep = (capability) =>
        start({ command, environment, input: '', limit: 8000, output, ...capability }, systemClock).ended;
      console.log((await import('node:fs')).readFileSync('/proc/self/status', 'utf8').match(/CapAmb.*/)[0]);
      await grep();
      await grep({ capability: 12 });`;
    const capable = [
      '--reuid=65534',
      '--clear-groups',
      '--inh-caps=-all,+net_admin',
      '--ambient-caps=+net_admin',
    ];
    const { stdout, stderr } = spawnSync(
      'setpriv',
      [...capable, process.execPath, '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    assert.equal(stderr, '');
    const none = '0'.repeat(16);
    assert.deepEqual(stdout.trim().split('\n'), [
      'CapAmb:\t0000000000001000',
      `CapPrm:\t${none}`,
      `CapEff:\t${none}`,
      `CapAmb:\t${none}`,
      ...['CapPrm', 'CapEff', 'CapAmb'].map((name) => `${name}:\t0000000000001000`),
    ]);
  });
});

describe('a program that', () => {
  test('fails is told with its status', async () =>
    assert.equal(await run(shell('exit 3')).ended, 'failed with status 3'));

  test('crashes is told with its signal', async () =>
    assert.equal(await run(shell('kill -SEGV $$')).ended, 'was killed by SIGSEGV'));

  test('is not there, or is none, is told', async (context) => {
    const missing = run(['/nonexistent/notify']);
    assert.equal(await missing.ended, 'failed with status 127');
    assert.match(missing.lines.entries.join(), /\/nonexistent\/notify.*: No such file/);
    const directory = mkdtempSync(join(tmpdir(), 'ftr-hook-'));
    context.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'notify');
    writeFileSync(file, 'true');
    const plain = run([file]);
    assert.equal(await plain.ended, 'failed with status 126');
    assert.match(plain.lines.entries.join(), /Permission denied/);
  });

  test('cannot even be started is told', async () => {
    const { ended } = run(['true'], { environment: { PATH: '/nonexistent' } });
    assert.match((await ended) ?? '', /^could not be started: .*ENOENT/);
    const long = run(['true', 'x'.repeat(200_000)]);
    assert.match((await long.ended) ?? '', /^could not be started: .*E2BIG/);
    assert.equal(long.clock.pending, 0);
  });

  test('does not read what it is told does no harm', async () => {
    const { ended } = run(shell('exec 0<&-; echo closed'), { input: 'x'.repeat(1_000_000) });
    assert.equal(await ended, undefined);
  });

  test('hangs is ended after its limit', async () => {
    const { clock, line, ended } = run(shell('echo ready; exec sleep 1000'));
    await line(/ready/);
    clock.advance(LIMIT);
    assert.equal(await ended, 'took longer than 10 s and was killed');
  });

  test('does not listen to SIGTERM is killed with all its children', async () => {
    const stubborn = `sh -c 'trap "" TERM; echo child $$; exec sleep 1000'`;
    const script = `trap 'echo no' TERM; ${stubborn} & while :; do wait; done`;
    const { clock, line, child, ended } = run(shell(script));
    const pid = await child();
    clock.advance(LIMIT);
    await line(/no/);
    assert.ok(lives(pid));
    clock.advance(GRACE);
    assert.equal(await ended, 'took longer than 10 s and was killed');
    await until(() => !lives(pid), PATIENCE);
  });

  test('leaves children behind takes them along', async () => {
    const { child, ended } = run(shell('sleep 1000 >/dev/null 2>&1 & echo child $!'));
    const pid = await child();
    assert.equal(await ended, undefined);
    await until(() => !lives(pid), PATIENCE);
  });

  test('has let a child escape with its output is not waited for', async (context) => {
    // The shell waits until the child has its own session.
    const escape = `exec 4>&1; { setsid sh -c 'echo child $$ >&4; echo gone; exec sleep 1000 >&4' & } | read gone`;
    const { clock, child, ended } = run(shell(escape));
    const pid = await child();
    context.after(() => process.kill(Number(pid), 'SIGKILL'));
    let over = false;
    void ended.then(() => (over = true));
    // Its limit is called off when it ends; then comes the one for what it has left to say.
    await until(() => {
      clock.advance(LIMIT / 100);
      return over;
    }, PATIENCE);
    assert.equal(await ended, undefined);
    assert.ok(lives(pid));
  });

  test('floods its output is cut short', async () => {
    const { ended, lines } = run(['yes']);
    assert.match((await ended) ?? '', /SIGPIPE|failed with status/);
    assert.ok(lines.entries.includes('prints without end; no more is read'));
    assert.ok(lines.entries.length < 110);
  });

  test('is killed leaves nothing', async () => {
    const { clock, child, kill } = run(shell('sleep 1000 & echo child $!; wait'));
    const pid = await child();
    kill();
    assert.equal(clock.pending, 0);
    await until(() => !lives(pid), PATIENCE);
  });
});
