import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { ControlError } from '../../src/control/error.ts';
import { eventsRoute } from '../../src/control/events.ts';
import { reloadRoute } from '../../src/control/reload.ts';
import type { Route } from '../../src/control/route.ts';
import type { Status } from '../../src/control/status.ts';
import { EventHistory } from '../../src/observe/history.ts';
import { serve, socketPath } from '../control/socket-path.ts';
import { cable, fibre, lte } from '../control/uplinks.ts';
import { main } from '../support/program.ts';
import { configurationPath } from './program.ts';

const status: Status = {
  version: 1,
  configuration: { since: '2026-11-23T09:14:02.000Z' },
  kernel: { as_planned: true, faults: [] },
  uplinks: [fibre, cable],
  policies: [],
};

/** As the service has it, and whoever knows nothing else. */
const environment = { RUNTIME_DIRECTORY: '/nonexistent' };

/** Runs an action beside a daemon that this process plays. */
async function run(...words: string[]) {
  const program = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const ended = once(program, 'exit');
  const [stdout, stderr] = await Promise.all([text(program.stdout), text(program.stderr)]);
  const [code] = (await ended) as [number];
  return { status: code, stdout, stderr };
}

async function daemon(context: TestContext, ...routes: Route[]): Promise<string> {
  const path = socketPath(context);
  await serve(context, path, routes);
  return `--socket=${path}`;
}

const statusRoute = (answer: Status): Route => ({ method: 'GET', path: '/v1/status', handle: () => answer });

describe('status', () => {
  for (const [uplinks, expected] of [
    [[fibre, cable], 0],
    [[fibre, lte], 1],
    [[lte], 3],
  ] as const) {
    test(`exits with ${expected} when ${uplinks.map(({ state }) => state).join(' and ')}`, async (context) => {
      const answer = await run('status', await daemon(context, statusRoute({ ...status, uplinks })));
      assert.equal(answer.status, expected);
      assert.equal(answer.stderr, '');
      assert.equal(answer.stdout.split('\n').length, uplinks.length + 3);
    });
  }

  test('is JSON for programs', async (context) => {
    const answer = await run('status', '--json', await daemon(context, statusRoute(status)));
    assert.deepEqual(JSON.parse(answer.stdout), status);
  });

  test('exits with 4 when no daemon answers', async (context) => {
    const path = socketPath(context);
    assert.deepEqual(await run('status', `--socket=${path}`), {
      status: 4,
      stdout: '',
      stderr: `fault_tolerant_router: the daemon is not running (no socket at ${path})\n`,
    });
  });

  test('is asked where the configuration says', async (context) => {
    const [file, path] = [configurationPath(context), socketPath(context)];
    const uplinks = [{ interface: 'ppp0', type: 'ppp', description: 'LTE' }];
    writeFileSync(file, JSON.stringify({ uplinks, control: { socket: path } }));
    assert.match((await run('status', `--config=${file}`)).stderr, new RegExp(`no socket at ${path}`));
    writeFileSync(file, 'uplinks: []');
    const elsewhere = (await run('status', `--config=${file}`)).stderr;
    assert.match(elsewhere, /no socket at \/nonexistent\/control\.sock/);
  });
});

describe('actions that ask', () => {
  test('find a daemon in the usual place that is to listen elsewhere and does not know yet', async (context) => {
    const [file, path] = [configurationPath(context), socketPath(context)];
    environment.RUNTIME_DIRECTORY = dirname(path);
    context.after(() => (environment.RUNTIME_DIRECTORY = '/nonexistent'));
    await serve(context, path, [
      reloadRoute(
        file,
        () => [],
        () => [],
      ),
    ]);
    const uplinks = [{ interface: 'ppp0', type: 'ppp', description: 'LTE' }];
    writeFileSync(file, JSON.stringify({ uplinks, control: { socket: `${path}.new` } }));
    assert.equal((await run('reload', `--config=${file}`)).status, 0);
  });
});

describe('events', () => {
  const add = (history: EventHistory, word: string) =>
    history.add({ severity: 'notice', event: 'uplink_up', text: `Uplink ${word} is up` }, new Date());

  test('are printed a line each, or as JSON', async (context) => {
    const history = new EventHistory();
    for (const word of ['Fibre', 'Cable']) add(history, word);
    const socket = await daemon(context, eventsRoute(history));
    const { status: code, stdout } = await run('events', socket);
    assert.equal(code, 0);
    assert.match(stdout, /^\S+ \S+ {2}uplink_up {6}Uplink Fibre is up\n.*Uplink Cable is up\n$/);
    const json = await run('events', '--json', socket);
    assert.deepEqual(JSON.parse(json.stdout), { version: 1, events: history.events });
  });

  test('are followed until the daemon ends', async (context) => {
    const history = new EventHistory();
    add(history, 'Fibre');
    const path = socketPath(context);
    const server = await serve(context, path, [eventsRoute(history)]);
    const program = spawn(process.execPath, [main, 'events', '--follow', '--json', `--socket=${path}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complaint = text(program.stderr);
    const ended = once(program, 'exit');
    const words: string[] = [];
    for await (const line of program.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      words.push((JSON.parse(line) as { text: string }).text);
      if (words.length === 1) add(history, 'Cable');
      else server.closeAllConnections();
    }
    assert.deepEqual(words, ['Uplink Fibre is up', 'Uplink Cable is up']);
    assert.deepEqual(await ended, [4, null]);
    assert.equal(await complaint, 'fault_tolerant_router: the daemon has ended\n');
  });

  test('are asked for in words that are known', async (context) => {
    const history = new EventHistory();
    assert.throws(
      () => eventsRoute(history).handle({ parameters: {}, query: { follow: 'yes' }, body: undefined }),
      (error) => error instanceof ControlError && error.status === 400,
    );
    assert.match((await run('events', '--folow', await daemon(context))).stderr, /is --follow meant\?/);
  });
});

describe('reload', () => {
  const reloading = (faults: string[], kernelFaults: string[] = []) =>
    reloadRoute(
      '/etc/x.conf',
      () => faults,
      () => kernelFaults,
    );

  test('says that the file is in force', async (context) => {
    assert.deepEqual(await run('reload', await daemon(context, reloading([]))), {
      status: 0,
      stdout: 'Configuration of /etc/x.conf is in force\n',
      stderr: '',
    });
  });

  test('fails with every fault of the file', async (context) => {
    assert.deepEqual(await run('reload', await daemon(context, reloading(['/etc/x.conf:1:1: a', 'b']))), {
      status: 1,
      stdout: '',
      stderr: '/etc/x.conf:1:1: a\nb\n',
    });
  });

  test('fails when the kernel does not take what the file wants', async (context) => {
    const fault = 'rule add 40000: EPERM';
    assert.deepEqual(await run('reload', await daemon(context, reloading([], [fault]))), {
      status: 1,
      stdout: 'Configuration of /etc/x.conf is in force\n',
      stderr: `The kernel is not as planned:\n${fault}\n`,
    });
  });
});
