import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EMPTY, type Queue } from './queue.ts';

/**
 * Where the queue outlives the daemon: in the directory that systemd made for it (systemd.exec(5),
 * StateDirectory=), else where that would be.
 */
export function spoolPath(environment: NodeJS.ProcessEnv): string {
  return join(environment['STATE_DIRECTORY'] ?? '/var/lib/fault-tolerant-router', 'mail-queue.json');
}

const notices = z.array(z.object({ time: z.number(), lines: z.array(z.string()) }));
const dropped = z.number();
const queue = z.object({
  letter: z.object({ id: z.string(), notices, dropped, repeated: z.boolean() }).optional(),
  waiting: notices,
  dropped,
});

/**
 * A queue on the disk: one small JSON file, always whole and readable by its owner alone, because what belongs
 * together (notices, the letter that they are in, how many were lost) changes together.
 */
export class Spool {
  readonly path: string;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** What was saved last; nothing waits when there is no file. Throws when it cannot be read or understood. */
  load(): Queue {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
      throw error;
    }
    return queue.parse(JSON.parse(text));
  }

  /**
   * Resolves when the queue would survive a power failure; rejects with the error of the file system, and then
   * what was saved before still stands. The event loop never waits for the disk; later calls wait for earlier.
   */
  save(value: Queue): Promise<void> {
    const write = () => replace(this.path, JSON.stringify(value));
    this.#last = this.#last.then(write, write);
    return this.#last;
  }
}

/** Replaces a file so that it is the old or the new one at every moment; makes its directory. */
async function replace(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh = `${path}.new`;
  await using file = await open(fresh, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
  await rename(fresh, path);
  await using entries = await open(directory);
  await entries.sync();
}
