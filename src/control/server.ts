import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import type { Status } from './status.ts';

/**
 * Where the daemon listens: in the directory that systemd made for it (systemd.exec(5), RuntimeDirectory=),
 * else where that would be.
 */
export function controlPath(environment: NodeJS.ProcessEnv): string {
  return join(environment['RUNTIME_DIRECTORY'] ?? '/run/fault-tolerant-router', 'control.sock');
}

/**
 * Answers `GET /v1/status` with JSON over a unix socket: `curl --unix-socket PATH
 * http://localhost/v1/status`. Readable by the owner alone. `failed` is told when the socket cannot be made;
 * the daemon does its work without it.
 */
export function serveControl(path: string, status: () => Status, failed: (error: Error) => void): Server {
  const server = createServer((request, response) => {
    const found = request.method === 'GET' && request.url === '/v1/status';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(found ? status() : { error: 'there is GET /v1/status' })}\n`);
  });
  // A client that says nothing, or says it slowly, holds nothing up and is sent away.
  server.headersTimeout = 2000;
  server.requestTimeout = 5000;
  server.maxConnections = 64;
  server.on('error', failed);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    rmSync(path, { force: true });
    // Private from its first moment on.
    const mask = process.umask(0o177);
    server.listen(path);
    process.umask(mask);
  } catch (error) {
    failed(error as Error);
  }
  return server;
}
