import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ask, follow } from '../../src/control/client.ts';
import { giveToGroup } from '../../src/control/group.ts';
import type { Route } from '../../src/control/route.ts';
import { controlServer } from '../../src/control/server.ts';
import { controlPath, ControlSocket, isServed, listen } from '../../src/control/socket.ts';
import { Transcript } from '../support/waiting.ts';
import { serve, socketPath } from './socket-path.ts';

const within = 20_000;
const NOBODY = 65_534;

/** Mode and group as `ls -l` says them. */
function access(path: string): string {
  const { mode, gid } = statSync(path);
  return `${(mode & 0o777).toString(8)} ${gid}`;
}

/** Does something as a user without any privilege, to whom the directory of the path belongs. */
function asNobody<Result>(path: string, act: () => Result): Result {
  chownSync(dirname(path), NOBODY, NOBODY);
  chownSync(path, NOBODY, NOBODY);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe('listening', () => {
  test('is for the owner alone from the first moment on', async (context) => {
    const path = socketPath(context);
    await serve(context, path, []);
    assert.equal(access(path), '600 0');
  });

  test('is not taken from another daemon, not even from one that is too busy to accept', async (context) => {
    const path = socketPath(context);
    const server = createServer();
    server.listen({ path, backlog: 0 });
    context.after(() => server.close());
    await once(server, 'listening');
    await assert.rejects(listen(controlServer([]), path), /^Error: another daemon listens there$/);
    // All of them before this process comes to accept one: the kernel queues the first alone.
    const found = Array.from({ length: 5 }, () => isServed(path));
    assert.deepEqual(
      await Promise.all(found),
      found.map(() => true),
    );
  });

  test('takes the place of what a crash has left, and of nothing else', async (context) => {
    const path = socketPath(context);
    writeFileSync(path, 'precious');
    await assert.rejects(listen(controlServer([]), path), /EADDRINUSE/);
    assert.equal(readFileSync(path, 'utf8'), 'precious');
    rmSync(path);
    const crash =
      "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
    assert.equal(spawnSync(process.execPath, ['-e', crash, path]).signal, 'SIGKILL');
    assert.ok(statSync(path).isSocket());
    await serve(context, path, []);
    assert.equal(await isServed(path), true);
  });

  test('says why it cannot', async () => {
    await assert.rejects(listen(controlServer([]), '/dev/null/control.sock'), /ENOTDIR|EEXIST/);
  });

  test('happens where the settings say, else where systemd does, else in its place', () => {
    assert.equal(controlPath({ socket: '/a/b' }, { RUNTIME_DIRECTORY: '/run/x' }), '/a/b');
    assert.equal(controlPath({}, { RUNTIME_DIRECTORY: '/run/x' }), '/run/x/control.sock');
    assert.equal(controlPath({}, {}), '/run/fault-tolerant-router/control.sock');
  });
});

describe('a group', () => {
  test('by its name or number has the socket, until it is another one or none', async (context) => {
    const path = socketPath(context);
    await serve(context, path, []);
    for (const [group, expected] of [
      ['daemon', '660 1'],
      ['4711', '660 4711'],
      [undefined, '600 4711'],
    ] as const) {
      assert.equal(giveToGroup(path, group), undefined);
      assert.equal(access(path), expected);
    }
  });

  test('that is not there leaves the socket private', async (context) => {
    const path = socketPath(context);
    await serve(context, path, []);
    giveToGroup(path, 'daemon');
    assert.match(giveToGroup(path, 'dæmon') ?? '', /group dæmon cannot have it: there is no such group in/);
    assert.match(access(path), /^600 /);
  });

  test('that this process is no member of leaves the socket private, and it is said what to do', async (context) => {
    const path = socketPath(context);
    await serve(context, path, []);
    const warning = asNobody(path, () => giveToGroup(path, 'daemon'));
    assert.match(warning ?? '', /not a member of it .*SupplementaryGroups=daemon/);
    assert.equal(access(path), `600 ${NOBODY}`);
    assert.equal(
      asNobody(path, () => giveToGroup(path, undefined)),
      undefined,
    );
  });
});

describe('the control socket', () => {
  const hello: Route = { method: 'GET', path: '/v1/hello', handle: () => ({ version: 1 }) };
  const endless: Route = {
    method: 'GET',
    path: '/v1/endless',
    handle: () => ({
      begin(write: (value: unknown) => void) {
        write('first');
        const timer = setInterval(write, 10, 'more');
        return () => clearInterval(timer);
      },
    }),
  };

  function open(context: TestContext) {
    const warnings = new Transcript<string>();
    const socket = new ControlSocket(
      () => controlServer([hello, endless]),
      (warning) => warnings.add(warning),
    );
    context.after(() => socket.close());
    return { socket, warnings };
  }

  async function served(path: string, expected: boolean): Promise<void> {
    while ((await isServed(path)) !== expected) await new Promise(setImmediate);
  }

  test('moves when it is told to, and lets those at the old place finish', async (context) => {
    const [before, after] = [socketPath(context), socketPath(context)];
    const { socket } = open(context);
    socket.reload({ socket: before });
    await served(before, true);
    const values = follow(before, { path: '/v1/endless' });
    assert.deepEqual(await values.next(), { value: 'first', done: false });
    socket.reload({ socket: after, group: 'daemon' });
    await served(before, false);
    assert.deepEqual(await ask(after, { path: '/v1/hello' }), { version: 1 });
    assert.equal(access(after), '660 1');
    assert.equal(existsSync(before), false);
    assert.deepEqual(await values.next(), { value: 'more', done: false });
    socket.close();
    await assert.rejects(async () => {
      for (;;) await values.next();
    }, /the daemon has ended/);
    assert.equal(existsSync(after), false);
  });

  test('stays where it is when it cannot move, and says why', async (context) => {
    const path = socketPath(context);
    const { socket, warnings } = open(context);
    socket.reload({ socket: path });
    socket.reload({ socket: '/dev/null/x' });
    await warnings.until((warning) => /cannot be asked at \/dev\/null\/x: E/.test(warning), { within });
    assert.deepEqual(await ask(path, { path: '/v1/hello' }), { version: 1 });
    socket.reload({ socket: path, group: 'nobody knows' });
    await warnings.until((warning) => /no such group/.test(warning), { within });
    assert.equal(warnings.entries.length, 2);
  });
});
