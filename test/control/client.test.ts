import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { ask, follow, type Question } from '../../src/control/client.ts';
import { ControlError } from '../../src/control/error.ts';
import { serve, socketPath } from './socket-path.ts';

const status: Question = { path: '/v1/status' };

/** Somebody at the socket who answers every request with these words, and hangs up unless it is told to stay. */
async function impostor(context: TestContext, words: string, stays = false): Promise<string> {
  const path = socketPath(context);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (stays ? socket.write(words) : socket.end(words)));
    context.after(() => socket.destroy());
  });
  server.listen(path);
  context.after(() => server.close());
  await once(server, 'listening');
  return path;
}

async function all(path: string): Promise<{ values: unknown[]; error: unknown }> {
  const values: unknown[] = [];
  try {
    for await (const value of follow(path, status)) values.push(value);
  } catch (error) {
    return { values, error };
  }
  return { values, error: undefined };
}

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';

describe('whoever asks the daemon', () => {
  test('gets its answer', async (context) => {
    const path = socketPath(context);
    await serve(context, path, [{ method: 'POST', path: '/v1/echo', handle: ({ body }) => body }]);
    const body = { to: 'Büro' };
    assert.deepEqual(await ask(path, { method: 'POST', path: '/v1/echo', body }), body);
  });

  test('gets its refusal as an error', async (context) => {
    const path = socketPath(context);
    const handle = () => Promise.reject(new ControlError('not now', 409));
    await serve(context, path, [{ method: 'GET', path: '/v1/status', handle }]);
    await assert.rejects(ask(path, status), { message: 'not now', status: 409, exitStatus: 1 });
    assert.deepEqual((await all(path)).error, new ControlError('not now', 409));
  });

  test('is told that it does not run', async (context) => {
    const path = socketPath(context);
    const message = `the daemon is not running (no socket at ${path})`;
    await assert.rejects(ask(path, status), { message, status: undefined, exitStatus: 4 });
    writeFileSync(path, '');
    const other = `the daemon is not running (nobody listens at ${path})`;
    await assert.rejects(ask(path, status), { message: other, exitStatus: 4 });
  });

  test('is told that it is not permitted', async (context) => {
    const path = await impostor(context, '');
    chmodSync(path, 0o600);
    process.seteuid?.(65_534);
    const answer = ask(path, status);
    process.seteuid?.(0);
    await assert.rejects(answer, { message: /^not permitted: /, status: 403, exitStatus: 4 });
  });

  for (const [what, words, message] of [
    ['another program', `${head}Hello`, 'what answers is no daemon of this program'],
    ['a daemon that ends', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{', 'the daemon has ended'],
    ['a daemon that ends at once', '', 'the daemon has ended'],
  ] as const) {
    test(`is told of ${what}`, async (context) => {
      const path = await impostor(context, words);
      await assert.rejects(ask(path, status), { message, exitStatus: 4 });
    });
  }

  for (const [what, words] of [
    ['nothing', ''],
    ['half', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'],
  ] as const) {
    test(`does not wait for ever for a daemon that says ${what}`, async (context) => {
      const path = await impostor(context, words, true);
      const message = 'the daemon does not answer within 0.05 s';
      await assert.rejects(ask(path, { ...status, within: 50 }), { message, exitStatus: 4 });
    });
  }

  test('gets a stream as its values, wherever it was torn, and is told of its end', async (context) => {
    const path = await impostor(context, `${head}{"a":"ü"}\n{"b":`, true);
    const values = follow(path, status);
    assert.deepEqual(await values.next(), { value: { a: 'ü' }, done: false });
    await values.return(undefined);
    const { values: others, error } = await all(await impostor(context, `${head}1\n2\n`));
    assert.deepEqual([others, error], [[1, 2], new ControlError('the daemon has ended')]);
  });

  test('is told why a stream was cut off', async (context) => {
    const { values, error } = await all(await impostor(context, `${head}1\n{"error":"too much"}\n`));
    assert.deepEqual([values, (error as Error).message], [[1], 'too much']);
  });
});
