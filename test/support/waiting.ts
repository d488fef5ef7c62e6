import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Everything a program has said so far, in order, and what it will say: the one thing that tests wait on. */
export class Transcript<T> {
  readonly entries: T[] = [];
  readonly #listeners = new Set<() => void>();
  #ended = false;

  /** Appends an entry. */
  add(entry: T): void {
    this.entries.push(entry);
    this.#notify();
  }

  /** No more entries will come: whoever still waits is told so. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  /** Calls back after each entry and at the end; returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first entry at position `since` or later that matches, whether it was said already or is still to
   * come. Rejects with the last entries in the message after `within` milliseconds, or when the transcript
   * ends without it.
   */
  until<S extends T>(
    matches: (entry: T) => entry is S,
    limits: { within: number; since?: number },
  ): Promise<S>;
  until(matches: (entry: T) => boolean, limits: { within: number; since?: number }): Promise<T>;
  until(
    matches: (entry: T) => boolean,
    { within, since = 0 }: { within: number; since?: number },
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let position = since;
      const look = (): void => {
        for (; position < this.entries.length; position++) {
          const entry = this.entries[position] as T;
          if (matches(entry)) return settle(() => resolve(entry));
        }
        if (this.#ended) settle(() => reject(this.#missing(matches, 'before the end')));
      };
      const settle = (outcome: () => void): void => {
        unsubscribe();
        clearTimeout(deadline);
        outcome();
      };
      const unsubscribe = this.subscribe(look);
      const deadline = setTimeout(
        () => settle(() => reject(this.#missing(matches, `within ${within} ms`))),
        within,
      );
      look();
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #missing(matches: (entry: T) => boolean, when: string): Error {
    const last = this.entries.slice(-10).map((entry) => (typeof entry === 'string' ? entry : inspect(entry)));
    return new Error([`nothing matched ${String(matches)} ${when}; the last entries:`, ...last].join('\n  '));
  }
}

/**
 * The lines of streams that belong together (standard output and error of one program), each turned into an
 * entry by `parse`.
 */
export function transcribe<T>(streams: readonly Readable[], parse: (line: string) => T): Transcript<T> {
  const transcript = new Transcript<T>();
  let open = streams.length;
  for (const stream of streams) {
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => transcript.add(parse(line)));
    lines.on('close', () => {
      if (--open === 0) transcript.end();
    });
  }
  return transcript;
}

/**
 * Waits until the condition holds, asking again every 10 ms; rejects after `within` milliseconds. For the
 * state of the kernel, which has no event for all that changes: it drops the IPv4 routes of a dead link
 * without a word.
 */
export async function until(condition: () => boolean, within: number): Promise<void> {
  const deadline = performance.now() + within;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`${String(condition)} did not come true within ${within} ms`);
    await pause(10);
  }
}
