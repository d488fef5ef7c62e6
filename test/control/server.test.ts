import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { controlPath, serveControl } from '../../src/control/server.ts';
import type { Status } from '../../src/control/status.ts';

const status: Status = { version: 1, uplinks: [] };

async function serve(context: TestContext, prepare: (path: string) => void = () => {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-control-'));
  const path = join(directory, 'control.sock');
  prepare(path);
  const server = serveControl(
    path,
    () => status,
    (error) => assert.fail(error),
  );
  context.after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });
  if (!server.listening) await once(server, 'listening');
  return path;
}

async function get(socketPath: string, path: string, method = 'GET') {
  const sent = request({ socketPath, path, method }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { code: response.statusCode as number, body: JSON.parse(body) as unknown };
}

describe('the control socket', () => {
  test('answers with the status', async (context) => {
    const path = await serve(context);
    assert.deepEqual(await get(path, '/v1/status'), { code: 200, body: status });
  });

  test('knows nothing else', async (context) => {
    const path = await serve(context);
    for (const [place, method] of [
      ['/', 'GET'],
      ['/v1/status', 'POST'],
      ['/v1/../etc/passwd', 'GET'],
    ] as const) {
      assert.equal((await get(path, place, method)).code, 404);
    }
  });

  test('is its owner’s alone', async (context) => {
    const path = await serve(context);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('takes the place of one that a crash has left', async (context) => {
    const path = await serve(context, (left) => writeFileSync(left, ''));
    assert.equal((await get(path, '/v1/status')).code, 200);
  });

  test('serves others while a client says nothing or nonsense', async (context) => {
    const path = await serve(context);
    const silent = connect(path);
    const mad = connect(path);
    mad.write('\0\0\0\0 HELLO\r\n\r\n');
    context.after(() => {
      silent.destroy();
      mad.destroy();
    });
    assert.equal((await get(path, '/v1/status')).code, 200);
  });

  test('does without when the directory cannot be made', async () => {
    const told: Error[] = [];
    const server = serveControl(
      '/dev/null/control.sock',
      () => status,
      (error) => told.push(error),
    );
    assert.equal(server.listening, false);
    assert.equal(told.length, 1);
  });

  test('stands where systemd says', () => {
    assert.equal(controlPath({ RUNTIME_DIRECTORY: '/run/x' }), '/run/x/control.sock');
    assert.equal(controlPath({}), '/run/fault-tolerant-router/control.sock');
  });
});
