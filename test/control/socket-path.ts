import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Route } from '../../src/control/route.ts';
import { controlServer } from '../../src/control/server.ts';
import { listen } from '../../src/control/socket.ts';

/** Where a control socket may be, in a directory that everybody may enter and that goes with the test. */
export function socketPath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-control-'));
  chmodSync(directory, 0o755);
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'control.sock');
}

/** Answers by the routes until the test is over. */
export async function serve(
  context: TestContext,
  path: string,
  routes: readonly Route[],
  patience?: number,
): Promise<Server> {
  const server = controlServer(routes, patience);
  await listen(server, path);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}
