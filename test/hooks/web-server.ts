import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { Transcript } from '../support/waiting.ts';

/** A request as the server got it. */
export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A web server on 127.0.0.1 that answers each request, once it has all of it, as it is told. */
export async function webServer(context: TestContext, answer: RequestListener) {
  const requests = new Transcript<Received>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      answer(request, response);
      requests.add({ method, path: url, headers, body });
    });
  });
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { requests, url: `http://127.0.0.1:${port}` };
}
