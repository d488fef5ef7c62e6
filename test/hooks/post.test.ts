import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { post } from '../../src/hooks/post.ts';
import { certificate, rudeServer } from '../mail/servers.ts';
import { webServer } from './web-server.ts';

const patience = () => AbortSignal.timeout(8000);

describe('a server gets', () => {
  test('the body, whole, with what it is and by which name it is known', async (context) => {
    const { url, requests } = await webServer(context, (_, response) => void response.writeHead(204).end());
    const body = `"${'é'.repeat(100_000)}"`;
    assert.equal(await post(`${url}/a?b=c`, 'id-7', body, patience()), 204);
    const [request = assert.fail()] = requests.entries;
    assert.deepEqual([request.method, request.path, request.body], ['POST', '/a?b=c', body]);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['idempotency-key'], 'id-7');
    assert.equal(request.headers.connection, 'close');
  });
});

describe('an answer', () => {
  const statusOf = async (context: TestContext, answer: RequestListener) => {
    const { url } = await webServer(context, answer);
    return post(url, 'id', '{}', patience());
  };

  test('is its status, whatever it is', async (context) => {
    for (const status of [200, 302, 400, 429, 500])
      assert.equal(await statusOf(context, (_, response) => void response.writeHead(status).end()), status);
  });

  test('that redirects leads nowhere', async (context) => {
    const { url, requests } = await webServer(context, (_, response) => void response.end());
    assert.equal(
      await statusOf(context, (_, response) => void response.writeHead(307, { location: url }).end()),
      307,
    );
    assert.deepEqual(requests.entries, []);
  });

  test('is not read beyond its header', async (context) => {
    let closed = () => {};
    const over = new Promise<void>((resolve) => (closed = resolve));
    const status = await statusOf(context, (_, response) => {
      response.on('close', closed);
      const flood = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', flood);
      };
      flood();
    });
    assert.equal(status, 200);
    await over;
  });
});

describe('what goes wrong is told', () => {
  const failure = (url: string, signal = patience()) =>
    post(url, 'id', '{}', signal).then(
      (status) => assert.fail(`status ${status}`),
      (error: Error) => error.message,
    );

  test('when nobody listens', async () => assert.match(await failure('http://127.0.0.1:9/'), /ECONNREFUSED/));

  test('when the connection is closed without an answer, or in the middle of it', async (context) => {
    const silent = await rudeServer(context, (socket) => socket.once('data', () => socket.end()));
    assert.match(await failure(`http://127.0.0.1:${silent.port}/`), /hang up/);
    const broken = await rudeServer(context, (socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 O')),
    );
    assert.match(await failure(`http://127.0.0.1:${broken.port}/`), /hang up|Parse Error/i);
  });

  test('when the answer is none, or its header has no end', async (context) => {
    const other = await rudeServer(context, (socket) =>
      socket.once('data', () => socket.end('220 smtp\r\n')),
    );
    assert.match(await failure(`http://127.0.0.1:${other.port}/`), /Parse Error/);
    const endless = await rudeServer(context, (socket) =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`)),
    );
    assert.match(await failure(`http://127.0.0.1:${endless.port}/`), /overflow/i);
  });

  test('when it takes too long, at whatever point', async (context) => {
    const silent = await rudeServer(context, () => {});
    const slow = await rudeServer(context, (socket) => socket.write('HTTP/1.1 200 OK\r\nx: '));
    for (const { port, connections } of [silent, slow]) {
      const limit = new AbortController();
      const told = failure(`http://127.0.0.1:${port}/`, limit.signal);
      await connections.until(() => true, { within: 8000 });
      limit.abort(new Error('the server took longer than 10 s'));
      assert.equal(await told, 'the server took longer than 10 s');
    }
  });

  test('when the certificate is worth nothing', async (context) => {
    const { key, cert } = certificate(context);
    const server = createHttpsServer({ key, cert }, (_, response) => response.end());
    context.after(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    assert.match(await failure(`https://localhost:${port}/`), /self.signed certificate/);
    const plain = createHttpServer();
    context.after(() => plain.close());
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    assert.match(await failure(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/`), /SSL|EPROTO/i);
  });
});
