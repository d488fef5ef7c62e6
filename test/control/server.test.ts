import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { ControlError } from '../../src/control/error.ts';
import type { Route, Stream } from '../../src/control/route.ts';
import { serve, socketPath } from './socket-path.ts';

const routes: readonly Route[] = [
  { method: 'GET', path: '/v1/status', handle: () => ({ version: 1 }) },
  { method: 'GET', path: '/v1/uplinks/:uplink', handle: (call) => call },
  { method: 'POST', path: '/v1/uplinks/:uplink', handle: (call) => call },
  { method: 'POST', path: '/v1/large', handle: () => 'x'.repeat(10_000_000) },
  {
    method: 'POST',
    path: '/v1/busy',
    handle: () => Promise.reject(new ControlError('not now', 409)),
  },
  { method: 'POST', path: '/v1/broken', handle: () => Promise.reject(new Error('list links: ENOBUFS')) },
];

async function open(context: TestContext, more: readonly Route[] = [], patience?: number): Promise<string> {
  const path = socketPath(context);
  await serve(context, path, [...routes, ...more], patience);
  return path;
}

async function ask(socketPath: string, method: string, path: string, body?: string) {
  const sent = request({ socketPath, method, path, agent: false }).end(body);
  // Who is refused in the middle of a long body cannot write its end.
  sent.on('error', () => {});
  const [response] = await once(sent, 'response');
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    value: JSON.parse(await text(response)) as { error?: string },
  };
}

/** A client that speaks no HTTP by itself. */
function dial(context: TestContext, path: string): Socket {
  const socket = connect(path);
  // Sent away, or reset by the end of the server.
  socket.on('error', () => {});
  context.after(() => socket.destroy());
  return socket;
}

describe('the control server', () => {
  test('hands the words of the path, the query and the body to who answers', async (context) => {
    const path = await open(context);
    const { status, value } = await ask(path, 'POST', '/v1/uplinks/B%C3%BCro%2F2?a=1&b=', '{"to":"up"}');
    assert.deepEqual(
      [status, value],
      [200, { parameters: { uplink: 'Büro/2' }, query: { a: '1', b: '' }, body: { to: 'up' } }],
    );
  });

  for (const [what, method, place, body, status, error] of [
    ['what is not there', 'GET', '/v2/status', undefined, 404, /^there is no \/v2\/status$/],
    ['a path that climbs', 'GET', '/v1/../etc/passwd', undefined, 404, /there is no/],
    ['a part too many', 'GET', '/v1/status/', undefined, 404, /there is no/],
    ['a name that is no text', 'GET', '/v1/uplinks/%E0%A4', undefined, 404, /there is no/],
    ['another method', 'DELETE', '/v1/status', undefined, 405, /^\/v1\/status is for GET$/],
    ['another method among two', 'PUT', '/v1/uplinks/x', '{}', 405, /is for GET, POST$/],
    ['no path', 'OPTIONS', '*', undefined, 400, /a path is needed/],
    ['a body that is no JSON', 'POST', '/v1/uplinks/x', '{to:up}', 400, /the request is no JSON/],
    ['half a body of JSON', 'POST', '/v1/uplinks/x', '{"to"', 400, /the request is no JSON/],
    ['a large body', 'POST', '/v1/uplinks/x', '9'.repeat(1_000_000), 413, /at most 65536 bytes/],
    ['what cannot be now', 'POST', '/v1/busy', '{}', 409, /^not now$/],
    ['what goes wrong', 'POST', '/v1/broken', undefined, 500, /ENOBUFS/],
  ] as const) {
    test(`answers ${status}, with the reason, to ${what}`, async (context) => {
      const answer = await ask(await open(context), method, place, body);
      assert.equal(answer.status, status);
      assert.match(answer.value.error ?? '', error);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['allow'] !== undefined, status === 405);
    });
  }

  for (const [what, words, status] of [
    ['no HTTP', '\0\0\0\0 HELLO\r\n\r\n', 400],
    [
      'two lengths',
      'POST /v1/large HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
    ['a head without end', `GET /v1/status HTTP/1.1\r\nx: ${'x'.repeat(20_000)}`, 431],
  ] as const) {
    test(`answers ${status} to ${what}, and closes`, async (context) => {
      const client = dial(context, await open(context));
      client.write(words);
      const [head = '', body = ''] = (await text(client)).split('\r\n\r\n');
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match((JSON.parse(body) as { error: string }).error, /^the request is malformed: /);
    });
  }

  for (const [what, words] of [
    ['says nothing', ''],
    ['does not come to the end of its head', 'GET /v1/status HTTP/1.1\r\nhost: '],
    [
      'does not come to the end of its body',
      'POST /v1/busy HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
    ],
  ] as const) {
    test(`sends a client away that ${what}, and serves others meanwhile`, async (context) => {
      const path = await open(context, [], 1000);
      const client = dial(context, path).resume();
      const closed = once(client, 'close');
      client.write(words);
      await once(client, 'connect');
      assert.equal((await ask(path, 'GET', '/v1/status')).status, 200);
      await closed;
    });
  }

  test('sends a client away that does not take its answer', async (context) => {
    const path = socketPath(context);
    const server = await serve(context, path, routes, 1000);
    const client = dial(context, path).pause();
    client.write('POST /v1/large HTTP/1.1\r\nhost: x\r\n\r\n');
    const [connection] = (await once(server, 'connection')) as [Socket];
    assert.equal((await ask(path, 'GET', '/v1/status')).status, 200);
    await once(connection, 'close');
    assert.ok(client.bytesRead < 10_000_000);
  });

  test('lets no more than 32 clients in at once', async (context) => {
    const path = await open(context);
    const clients = Array.from({ length: 40 }, () => dial(context, path));
    const gone = await Promise.all(clients.slice(32).map((client) => once(client.resume(), 'close')));
    assert.equal(gone.length, 8);
    assert.equal(clients.filter(({ closed }) => closed).length, 8);
    clients[0]?.destroy();
    await once(clients[0] as Socket, 'close');
    assert.equal((await ask(path, 'GET', '/v1/status')).status, 200);
  });
});

describe('a stream of the control server', () => {
  function counter() {
    const state = { write: (_value: unknown) => {}, begun: 0, ended: 0 };
    const handle = (): Stream => ({
      begin(write) {
        state.write = write;
        state.begun++;
        return () => state.ended++;
      },
    });
    return { state, route: { method: 'GET', path: '/v1/stream', handle } satisfies Route };
  }

  test('goes on as a line for each value, and ends with its reader', async (context) => {
    const { state, route } = counter();
    const sent = request({ socketPath: await open(context, [route]), path: '/v1/stream' }).end();
    const [response] = await once(sent, 'response');
    assert.deepEqual([state.begun, response.headers['content-type']], [1, 'application/x-ndjson']);
    for (const value of [{ a: 1 }, 'two\nlines']) {
      state.write(value);
      const [piece] = await once(response, 'data');
      assert.equal(String(piece), `${JSON.stringify(value)}\n`);
    }
    assert.equal(state.ended, 0);
    sent.destroy();
    while (state.ended === 0) {
      state.write(0);
      await new Promise(setImmediate);
    }
    assert.equal(state.ended, 1);
  });

  test('is cut off, with a note, where nobody reads', async (context) => {
    const { state, route } = counter();
    const sent = request({ socketPath: await open(context, [route], 60_000), path: '/v1/stream' }).end();
    const [response] = await once(sent, 'response');
    response.pause();
    const value = 'x'.repeat(10_000);
    for (let count = 0; count < 1000; count++) {
      state.write(value);
      await new Promise(setImmediate);
    }
    const lines = (await text(response)).trimEnd().split('\n');
    assert.ok(lines.length < 200, `${lines.length} lines`);
    assert.match(lines.at(-1) ?? '', /^\{"error":"too much was left unread/);
  });

  test('may be cut off by its very beginning', async (context) => {
    const state = { ended: 0 };
    const handle = (): Stream => ({
      begin(write) {
        for (let count = 0; count < 1000; count++) write('x'.repeat(10_000));
        return () => state.ended++;
      },
    });
    const path = await open(context, [{ method: 'GET', path: '/v1/stream', handle }], 1000);
    const client = dial(context, path).pause();
    client.write('GET /v1/stream HTTP/1.1\r\nhost: x\r\n\r\n');
    while (state.ended === 0) await ask(path, 'GET', '/v1/status');
    assert.equal(state.ended, 1);
  });
});
