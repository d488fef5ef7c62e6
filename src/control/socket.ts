import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { giveToGroup } from './group.ts';

/** Where the daemon listens, and who may use it beside its owner. */
export interface ControlSettings {
  /** Path; absent: the usual one. */
  readonly socket?: string | undefined;
  /** Name or number of a group; absent: nobody. */
  readonly group?: string | undefined;
}

/**
 * Where the daemon listens: where the settings say, else in the directory that systemd made for it (systemd.exec(5),
 * RuntimeDirectory=), else where that would be.
 */
export function controlPath(settings: ControlSettings, environment: NodeJS.ProcessEnv): string {
  const directory = environment['RUNTIME_DIRECTORY'] ?? '/run/fault-tolerant-router';
  return settings.socket ?? join(directory, 'control.sock');
}

/** The unix socket by which the daemon is asked; the daemon does its work without it, too. */
export class ControlSocket {
  readonly #makeServer: () => Server;
  readonly #report: (warning: string) => void;
  #path: string | undefined;
  /** The last one listens; those before it still answer what they were asked. */
  readonly #servers = new Set<Server>();
  #turn: Promise<void> = Promise.resolve();

  /** `report` is told why nobody, or not the group, can ask the daemon. */
  constructor(makeServer: () => Server, report: (warning: string) => void) {
    this.#makeServer = makeServer;
    this.#report = report;
  }

  /** Puts settings in force, after those before them: listens at the new path before the old one goes. */
  reload(settings: ControlSettings): void {
    this.#turn = this.#turn.then(() => this.#apply(settings));
  }

  /** Stops listening, whatever is being asked. */
  close(): void {
    this.#turn = this.#turn.then(() => {
      for (const server of this.#servers) {
        server.close();
        server.closeAllConnections();
      }
    });
  }

  async #apply(settings: ControlSettings): Promise<void> {
    const path = controlPath(settings, process.env);
    try {
      if (path !== this.#path) await this.#move(path);
    } catch (error) {
      this.#report(`The daemon cannot be asked at ${path}: ${(error as Error).message}`);
      return;
    }
    const warning = giveToGroup(path, settings.group);
    if (warning !== undefined) this.#report(warning);
  }

  async #move(path: string): Promise<void> {
    const before = [...this.#servers];
    const server = this.#makeServer();
    await listen(server, path);
    this.#path = path;
    this.#servers.add(server);
    for (const old of before) old.close(() => this.#servers.delete(old));
  }
}

/**
 * Lets a server listen at a path, for its owner alone. What a crash has left there goes; who listens there already
 * stays, and so does a file. Rejects when there is no listening.
 */
export async function listen(server: Server, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if (await isServed(path)) throw new Error('another daemon listens there');
  // Never anything but a socket: the path may be mistyped.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
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
}

/** Whether somebody listens at a path; rejects where that cannot be known. */
export function isServed(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Reset: it has just ended.
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '')) resolve(false);
      // Too many wait to be accepted (connect(2)): somebody listens.
      else if (error.code === 'EAGAIN') resolve(true);
      else reject(error);
    });
  });
}
