import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { controlServer } from '../../src/control/server.ts';
import { controlPath, listen } from '../../src/control/socket.ts';
import type { Status } from '../../src/control/status.ts';

const status: Status = {
  version: 1,
  configuration: { since: '2026-11-23T09:14:02.000Z' },
  kernel: { as_planned: true, faults: [] },
  uplinks: [],
};

async function serve(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-control-'));
  const path = join(directory, 'control.sock');
  const server = controlServer([{ method: 'GET', path: '/v1/status', handle: () => status }]);
  await listen(server, path);
  context.after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });
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
    for (const place of ['/', '/v1/status/', '/v1/../etc/passwd', '/v1/%ff'])
      assert.equal((await get(path, place)).code, 404);
    assert.equal((await get(path, '/v1/status', 'POST')).code, 405);
  });

  test('is its owner’s alone', async (context) => {
    const path = await serve(context);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('is not taken from another daemon that listens', async (context) => {
    const path = await serve(context);
    await assert.rejects(listen(controlServer([]), path), /another daemon listens/);
    assert.equal((await get(path, '/v1/status')).code, 200);
  });

  test('is never put in place of a file', async (context) => {
    const path = await serve(context);
    const file = `${path}.txt`;
    writeFileSync(file, 'precious');
    await assert.rejects(listen(controlServer([]), file), /EADDRINUSE/);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
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

  test('says why there is none', async () => {
    await assert.rejects(listen(controlServer([]), '/dev/null/control.sock'), /ENOTDIR|EEXIST/);
  });

  test('stands where systemd says', () => {
    assert.equal(controlPath({}, { RUNTIME_DIRECTORY: '/run/x' }), '/run/x/control.sock');
    assert.equal(controlPath({}, {}), '/run/fault-tolerant-router/control.sock');
  });
});
