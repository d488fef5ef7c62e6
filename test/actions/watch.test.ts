import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Status } from '../../src/control/status.ts';
import { serve, socketPath } from '../control/socket-path.ts';
import { cable, fibre, lte } from '../control/uplinks.ts';
import { main } from '../support/program.ts';
import { onTerminal, written } from './pseudo-terminal.ts';

const within = 30_000;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

const status: Status = {
  version: 1,
  configuration: { since: '2026-11-23T09:14:02.000Z' },
  kernel: { as_planned: true, faults: [] },
  uplinks: [fibre, cable],
  policies: [],
};

const daemon = (context: TestContext, path: string, answer = () => status): Promise<Server> =>
  serve(context, path, [{ method: 'GET', path: '/v1/status', handle: answer }]);

/** The lines that a terminal shows after all this was written to it: of the last picture. */
function shown(all: string): string[] {
  const [, ...pictures] = all.split('\x1b[H');
  return stripVTControlCharacters(pictures.at(-1) ?? '')
    .trimEnd()
    .split(/\r+\n/);
}

/** Shows the status on a terminal, the pseudo terminal of script(1), of so many columns. */
function watchOnTerminal(context: TestContext, path: string, columns: number) {
  const command = `tty; stty rows 20 cols ${columns}; exec ${process.execPath} ${main} status --watch --socket=${path}`;
  const program = onTerminal(context, command);
  const all = written(program);
  return {
    program,
    /** Waits until the last line of the picture is such a one; all that was written by then. */
    until: (last: RegExp, lines = 1) =>
      all.until((text) => last.test(shown(text).at(-1) ?? '') && shown(text).length >= lines, { within }),
    all,
  };
}

describe('a watch on a terminal', () => {
  test('is drawn in place, fits the terminal when that changes, and leaves nothing behind', async (context) => {
    const path = socketPath(context);
    await daemon(context, path);
    const { program, all, until } = watchOnTerminal(context, path, 130);
    const wide = await until(/kernel as planned\.$/);
    const [terminal = '', rest = ''] = wide.split('\r\n');
    assert.ok(rest.startsWith(ENTER));
    assert.deepEqual(
      shown(wide).map((line) => line.split(' ')[0]),
      ['UPLINK', 'Fibre', 'Cable', '2'],
    );
    execFileSync('stty', ['-F', terminal, 'cols', '60']);
    const narrow = await until(/kernel as planned\.$/, 7);
    assert.deepEqual(
      shown(narrow).filter((line) => line.length > 60),
      [],
    );
    const ended = once(program, 'exit');
    program.stdin?.write('\x03');
    const end = await all.until((text) => text.includes(LEAVE), { within });
    assert.deepEqual(await ended, [130, null]);
    // The terminal itself may still repeat what was typed.
    assert.equal(end.slice(end.indexOf(LEAVE)).replace('^C', ''), LEAVE);
  });

  test('waits for a daemon that is not there, and says so', async (context) => {
    const path = socketPath(context);
    const { program, until } = watchOnTerminal(context, path, 130);
    await until(/^Since \d\d:\d\d:\d\d: the daemon is not running .*; waiting for it\.$/);
    const server = await daemon(context, path);
    await until(/kernel as planned\.$/);
    server.close();
    server.closeAllConnections();
    const gone = await until(/waiting for it\.$/, 5);
    assert.match(shown(gone)[1] ?? '', /^Fibre/);
    await daemon(context, path);
    await until(/kernel as planned\.$/);
    program.stdin?.write('\x03');
    await once(program, 'exit');
  });
});

describe('a watch that no terminal shows', () => {
  test('prints one table after the other, until nobody reads', async (context) => {
    const path = socketPath(context);
    const answers = [status, { ...status, uplinks: [fibre, lte] }];
    await daemon(context, path, () => answers.shift() ?? status);
    const program = spawn(process.execPath, [main, 'status', '--watch', `--socket=${path}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(() => program.kill('SIGKILL'));
    const all = await written(program).until((text) => /\n\nUPLINK[^]*\n\n/.test(text), { within });
    const [first = '', second = ''] = all.split('\n\n');
    assert.match(first, /^UPLINK .*\nFibre .*\nCable .*\n2 of 2 .*planned\.$/);
    assert.match(second, /^UPLINK .*\nFibre .*\nLTE .*\n1 of 2 .*planned\.$/);
    assert.equal(all, stripVTControlCharacters(all));
    program.stdout?.destroy();
    const [code, signal] = (await once(program, 'exit')) as [number | null, string | null];
    assert.deepEqual([code, signal], [0, null]);
  });

  test('prints JSON by the line', async (context) => {
    const path = socketPath(context);
    await daemon(context, path);
    const words = [main, 'status', '--watch', '--json', `--socket=${path}`];
    const program = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    context.after(() => program.kill('SIGKILL'));
    const all = await written(program).until((text) => text.split('\n').length > 2, { within });
    assert.deepEqual(JSON.parse(all.split('\n')[1] ?? ''), status);
    program.kill('SIGTERM');
    assert.deepEqual(await once(program, 'exit'), [143, null]);
  });
});
