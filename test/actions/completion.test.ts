import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CATALOGUE, COMMON } from '../../src/actions/catalogue.ts';
import type { Status } from '../../src/control/status.ts';
import { serve, socketPath } from '../control/socket-path.ts';
import { cable, fibre } from '../control/uplinks.ts';
import { main } from '../support/program.ts';
import { onTerminal, written } from './pseudo-terminal.ts';

const script = fileURLToPath(new URL('../../../config/completion.bash', import.meta.url));
const within = 60_000;

const status: Status = {
  version: 1,
  configuration: { since: '2026-11-23T09:14:02.000Z' },
  kernel: { as_planned: true, faults: [] },
  uplinks: [fibre, { ...cable, description: 'Büro "2"' }, { ...cable, description: "Jörg's Line" }],
  policies: [],
};

/** Puts all completions of its last word into a line, and prints its words one by one. */
const PREPARATION = String.raw`
PS1=; stty -echo; source '${script}'
bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; bind 'set page-completions off'
bind '"\C-t": insert-completions'
bind '"\C-y": "\C-e\C-t\C-aprintf \"<%s>\\\\n\" \C-e; echo =END=\C-m"'
`;

/** An interactive bash that has the program in its path. */
function bash(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-bash-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const command = join(directory, 'fault_tolerant_router');
  writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
  chmodSync(command, 0o755);
  const shell = onTerminal(context, 'exec bash --norc --noprofile -i', {
    PATH: `${directory}:${process.env['PATH']}`,
    LC_ALL: 'C.UTF-8',
    HISTFILE: '',
    INPUTRC: '/dev/null',
  });
  const said = written(shell);
  shell.stdin?.write(PREPARATION);
  let asked = 0;
  /** The words of a line after the program's name, with all that its last word may become. */
  return async (line: string): Promise<string[]> => {
    asked++;
    shell.stdin?.write(`fault_tolerant_router ${line}\x19`);
    const all = await said.until((text) => text.split('\n=END=').length > asked, { within });
    const answer = all.split('\n=END=')[asked - 1] ?? '';
    return [...answer.matchAll(/^<(.*)>\r$/gm)].slice(1).map(([, word = '']) => word);
  };
}

const typed = (options: object): string[] =>
  Object.entries(options as typeof COMMON).map(
    ([name, option]) => `--${name}${'value' in option ? '=' : ''}`,
  );

test('actions, their operands and their options are completed as the catalogue has them', async (context) => {
  const complete = bash(context);
  assert.deepEqual(await complete(''), Object.keys(CATALOGUE).toSorted());
  assert.deepEqual(await complete('generate_'), [
    'generate_config',
    'generate_iptables',
    'generate_nftables',
  ]);
  assert.deepEqual(await complete('-'), typed(COMMON).toSorted());
  for (const [action, { options = {} }] of Object.entries(CATALOGUE)) {
    const [, ...choices] = await complete(`${action} -`);
    assert.deepEqual(choices, [...typed(COMMON), ...typed(options)].toSorted(), action);
  }
  assert.deepEqual(await complete('--debug force x '), ['--debug', 'force', 'x', 'auto', 'down', 'up']);
  assert.deepEqual(await complete('force x --debug d'), ['force', 'x', '--debug', 'down']);
  assert.deepEqual(
    (await complete('plan ')).filter((word) => word !== ''),
    ['plan'],
    'nothing follows',
  );
});

test('values are completed as files or interfaces, wherever they stand', async (context) => {
  const complete = bash(context);
  const file = fileURLToPath(new URL('../../../LICENSE', import.meta.url));
  assert.deepEqual(await complete(`--config=${file.slice(0, -2)}`), [`--config=${file}`]);
  assert.deepEqual(await complete(`--socket ${file.slice(0, -2)}`), ['--socket', file]);
  assert.deepEqual(await complete(`--config ${file} st`), ['--config', file, 'status']);
  assert.deepEqual(await complete(`--config=${file} st`), [`--config=${file}`, 'status']);
  const interfaces = (await complete('explain 198.51.100.1 --in ')).slice(3);
  assert.deepEqual(interfaces, readdirSync('/sys/class/net').toSorted());
});

test('uplinks are completed as the running daemon names them, and are none without one', async (context) => {
  const complete = bash(context);
  const path = socketPath(context);
  assert.deepEqual(
    (await complete(`--socket=${path} drain `)).filter((word) => word !== ''),
    [`--socket=${path}`, 'drain'],
  );
  await serve(context, path, [{ method: 'GET', path: '/v1/status', handle: () => status }]);
  const [, , ...names] = await complete(`--socket=${path} drain `);
  assert.deepEqual(names, ['eth1', 'eth2', 'Fibre', "Jörg's Line"].toSorted());
  assert.deepEqual((await complete(`--socket ${path} probe J`)).slice(3), ["Jörg's Line"]);
});
