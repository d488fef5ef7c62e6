import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openNamespaces } from '../support/namespace.ts';
import { type Transcript, transcribe } from '../support/waiting.ts';

const main = fileURLToPath(new URL('../../demo/main.js', import.meta.url));

/** The beginning of what makes a terminal do something: ECMA-48, CSI. */
const ESCAPE = '\u001b[';

/** A demonstration at work, in a process group of its own and with a directory of its own for temporary files: what it leaves can be seen. */
interface Demonstration {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly said: Transcript<string>;
  /** Its exit code, once it is gone and has left nothing behind. */
  readonly end: Promise<number | null>;
}

function start(command: readonly [string, ...string[]], environment: NodeJS.ProcessEnv = {}): Demonstration {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-test-'));
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, TMPDIR: directory },
  });
  const said = transcribe([child.stdout, child.stderr], String);
  const pid = child.pid as number;
  const end = once(child, 'close').then(() => {
    assert.deepEqual(openNamespaces(pid), []);
    assert.throws(() => process.kill(-pid, 0), { code: 'ESRCH' }, 'a process has stayed');
    assert.deepEqual(readdirSync(directory), []);
    rmdirSync(directory);
    return child.exitCode;
  });
  return { process: child, pid, said, end };
}

test('without a terminal an act is told line by line, and measured at the end', async () => {
  const { said, end } = start([process.execPath, main, '--act=4']);
  const code = await end;
  const text = said.entries.join('\n');
  assert.equal(code, 0, text);
  assert.match(text, /^Act 4 of 5: Both providers dead$/m);
  assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} {4}Uplink Provider 1 is down: /m);
  assert.match(text, /\* new connections leave by LTE, moved after \d+\.\d\d s$/m);
  assert.match(text, /^What happened +moved +back +new connections +on healthy$/m);
  assert.match(text, /^Both providers dead +\d+\.\d\d s +\d+\.\d\d s +\d+ of \d+ +0$/m);
  assert.ok(!text.includes(ESCAPE));
});

test('on a terminal the uplinks are shown in place, and the terminal is as before at the end', async () => {
  const command = `exec '${process.execPath}' '${main}' --act=2`;
  const { said, end } = start(['script', '-qec', command, '/dev/null'], { TERM: 'xterm', NO_COLOR: '1' });
  const code = await end;
  const text = said.entries.join('\n');
  assert.equal(code, 0, text);
  const [before, rest = ''] = text.split(`${ESCAPE}?1049h`);
  const [shown = '', after = ''] = rest.split(`${ESCAPE}?1049l`);
  assert.ok(before?.startsWith('Raising'));
  assert.ok(shown.startsWith(`${ESCAPE}?25l`) && shown.endsWith(`${ESCAPE}?25h`), 'the cursor comes back');
  assert.match(shown, /UPLINK +STATE +ROLE +SHARE +SEEN +SINCE +LOSS +RTT ± DEV/);
  assert.match(shown, /Provider 2 {2}down {3}standby/);
  assert.match(shown, /no carrier on eth2/);
  assert.ok(!shown.includes(`${ESCAPE}32m`), 'no colours, as NO_COLOR asks');
  assert.match(after, /^Cable of Provider 2 pulled +\d+\.\d\d s +/m);
});

test('a signal in the middle of an act leaves nothing behind', async () => {
  const { pid, said, end } = start([process.execPath, main, '--act=1']);
  await said.until((line) => line.includes('becomes a black hole'), { within: 20_000 });
  // To the whole group, as a terminal sends it for Ctrl-C.
  process.kill(-pid, 'SIGINT');
  assert.equal(await end, 130);
  assert.match(said.entries.join('\n'), /demo: ended by SIGINT, everything is removed/);
});

test('a signal to it alone while the stage is raised leaves nothing behind', async () => {
  const { process: child, said, end } = start([process.execPath, main, '--act=1']);
  await said.until((line) => line.startsWith('Raising'), { within: 10_000 });
  child.kill('SIGTERM');
  assert.equal(await end, 143);
});

test('an act and an option that do not exist, and a missing program, are named', async () => {
  const odd = start([process.execPath, main, '--acts']);
  assert.equal(await odd.end, 2);
  assert.deepEqual(odd.said.entries, ["demo: Unknown option '--acts'"]);
  const wrong = start([process.execPath, main, '--act=9']);
  assert.equal(await wrong.end, 2);
  assert.deepEqual(wrong.said.entries, ['demo: there is no act "9", they are 1 to 5']);
  const bare = start([process.execPath, main], { PATH: '/nowhere' });
  assert.equal(await bare.end, 1);
  assert.match(bare.said.entries.join('\n'), /^demo: missing:\n {2}ip, of the Debian package iproute2$/m);
});
