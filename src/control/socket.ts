import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';

/**
 * Where the daemon listens unless it is told otherwise: in the directory that systemd made for it (systemd.exec(5),
 * RuntimeDirectory=), else where that would be.
 */
export function controlPath(environment: NodeJS.ProcessEnv): string {
  return join(environment['RUNTIME_DIRECTORY'] ?? '/run/fault-tolerant-router', 'control.sock');
}

/**
 * Lets the server listen at a path, for the owner alone and then for the group. What a crash has left there goes; who
 * listens there already stays. Rejects when there is no listening, resolves with a warning when there is no group.
 */
export async function listen(
  server: Server,
  path: string,
  group: string | undefined,
): Promise<string | undefined> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (await answers(path)) throw new Error(`another daemon listens at ${path}`);
  removeSocket(path);
  // Private from its first moment on.
  const mask = process.umask(0o177);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
    process.umask(mask);
  });
  return group === undefined ? undefined : share(path, group);
}

/** Whether somebody listens at a path. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

/** Never anything but a socket: the path may be mistyped. */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket()) rmSync(path);
}

function share(path: string, group: string): string | undefined {
  const id = groupId(group);
  if (id === undefined) return `there is no group ${group}: the control socket is its owner's alone`;
  try {
    chownSync(path, -1, id);
    chmodSync(path, 0o660);
    return undefined;
  } catch (error) {
    return `the control socket is its owner's alone, since it cannot be given to group ${group}: ${(error as Error).message} (in a unit, SupplementaryGroups=${group})`;
  }
}

function groupId(group: string): number | undefined {
  if (/^\d+$/.test(group)) return Number(group);
  const entry = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === group);
  return entry?.[2] === undefined ? undefined : Number(entry[2]);
}
