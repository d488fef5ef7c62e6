import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { EMPTY, type Queue } from './queue.ts';
import { replaceFile } from './state-file.ts';

/**
 * A queue on the disk: one small JSON file, always whole and readable by its owner alone, because what belongs
 * together (items, the batch that they are in, how many were lost) changes together.
 */
export class Spool<Item> {
  readonly path: string;
  readonly #queue: z.ZodType<Queue<Item>>;
  #last: Promise<void> = Promise.resolve();

  /** `item` tells an item from anything else that the file may hold. */
  constructor(path: string, item: z.ZodType<Item>) {
    this.path = path;
    const items = z.array(item);
    const dropped = z.number();
    this.#queue = z.object({
      batch: z.object({ id: z.string(), items, dropped, repeated: z.boolean() }).optional(),
      waiting: items,
      dropped,
    });
  }

  /** What was saved last; nothing waits when there is no file. Throws when it cannot be read or understood. */
  load(): Queue<Item> {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
      throw error;
    }
    return this.#queue.parse(JSON.parse(text));
  }

  /**
   * Resolves when the queue would survive a power failure; rejects with the error of the file system, and then
   * what was saved before still stands. The event loop never waits for the disk; later calls wait for earlier.
   */
  save(queue: Queue<Item>): Promise<void> {
    return this.#next(() => replaceFile(this.path, JSON.stringify(queue)));
  }

  /** Removes the file, if there is one; rejects with the error of the file system. */
  remove(): Promise<void> {
    return this.#next(() => rm(this.path, { force: true }));
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work, work);
    return this.#last;
  }
}
