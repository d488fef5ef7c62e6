import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { terminate } from '../support/namespace.ts';
import { transcribe } from '../support/waiting.ts';
import { main } from '../support/program.ts';
import { configurationPath, run } from './program.ts';

const within = 60_000;

test('what a demonstration has decided is told again, and beside it what other settings would have done', async (context) => {
  const file = configurationPath(context);
  writeFileSync(
    file,
    `
uplinks:
  - { interface: eth1, type: ppp, description: Fibre, priority_group: 1 }
  - { interface: eth2, type: ppp, description: Cable, priority_group: 1 }
`,
  );
  const trace = join(file, '..', 'day.trace');
  const demo = spawn(
    'unshare',
    ['--net', process.execPath, main, `--config=${file}`, '--demo', 'monitor', `--record=${trace}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const said = transcribe([demo.stdout], String);
  // A third of what it sends is lost: no uplink works for long.
  await said.until((line) => line.includes('No uplink works'), { within });
  assert.equal(await terminate(demo, 'SIGTERM'), 0);
  const moves = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, uplink, direction, reason]) => `${uplink} ${direction} ${reason}`);
  const decided = moves(said.entries.join('\n'), /Uplink (\w+) is (\w+): (.*)$/gm);
  assert.ok(decided.length >= 2);

  const told = run('replay', trace);
  assert.deepEqual([told.status, told.stderr], [0, '']);
  assert.deepEqual(moves(told.stdout, /^[-\d]+ [.:\d]+ +(\w+) +(up|down) +(.*)$/gm), decided);

  const tried = run('replay', trace, '--set', 'tests.leave.loss=99%', '--set=tests.required_successful=1');
  assert.equal(tried.status, 0);
  assert.match(tried.stdout, /^tests.leave.loss +20 +99$/m);
  assert.match(tried.stdout, /^tests.required_successful +4 +1$/m);
  assert.match(tried.stdout, / recorded +\w+ +down /);
  assert.doesNotMatch(tried.stdout, / set +\w+ +down /);

  const wrong = run('replay', trace, '--set', 'tests.leav.loss=3');
  assert.deepEqual([wrong.status, wrong.stdout], [78, '']);
  assert.equal(wrong.stderr, '--set: tests.leav: unknown key; did you mean "leave"?\n');

  const added = run('--demo', `--config=${file}`, 'monitor', `--record=${file}`);
  assert.equal(added.status, 1);
  assert.match(added.stderr, /is there already, and is no trace\n$/);
});

test('a file that is no trace is an error', () => {
  const { status, stderr } = run('replay', main);
  assert.deepEqual([status, stderr], [1, `fault_tolerant_router: ${main}: this is no trace\n`]);
});
