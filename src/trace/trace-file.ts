import { open, type FileHandle } from 'node:fs/promises';
import { closeSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../clock.ts';
import type { TraceStore } from './recorder.ts';

/** Lines are written after so many ms, or when there are so many characters of them. */
const PERIOD = 60_000;
const BLOCK = 1 << 18;
/** So many characters wait for a disk that is full or hangs, and no more. */
const ROOM = 1 << 24;

/** RFC 1952, 2.3.1: what every member begins with. */
export const MAGIC = Buffer.of(0x1f, 0x8b, 8);

const compress = promisify(gzip);

/**
 * A trace in a file: members of gzip (RFC 1952) that hold whole lines each, so that zcat prints it, a new run goes on at
 * its end and a damaged part harms no other. Written in the background: no disk holds a probe up. When the disk is full
 * what is new waits; when too much waits it is dropped, up to the next beginning.
 */
export class TraceFile implements TraceStore {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #changed: (fault: string | undefined) => void;
  #lines: string[] = [];
  #size = 0;
  /** Lines were dropped: those that follow would not be understood. */
  #broken = false;
  #fault: string | undefined;
  #writing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;

  /** `changed`: from now on nothing can be written, and why; undefined: from now on it can. */
  constructor(path: string, clock: Clock, changed: (fault: string | undefined) => void) {
    this.#path = path;
    this.#clock = clock;
    this.#changed = changed;
  }

  append(line: string): void {
    if (!this.#broken) this.#add(line);
  }

  begin(line: string): void {
    this.#broken = false;
    this.#add(line);
    // Whoever has just named the file wants to know whether it can be written.
    this.#flush();
  }

  #add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
    if (this.#size > ROOM) this.#drop();
    else if (this.#size > BLOCK && this.#fault === undefined) this.#flush();
    else this.#wait();
  }

  /** Writes what waits, and resolves when that is done or in vain. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      this.#wait();
    });
  }

  /** What waits is written after a while. */
  #wait(): void {
    if (this.#lines.length === 0 || this.#closed) return;
    this.#cancel ??= this.#clock.at(this.#clock.now() + PERIOD, () => this.#flush());
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    this.#lines = [];
    this.#size = 0;
    try {
      await store(this.#path, await compress(text));
      this.#change(undefined);
    } catch (error) {
      this.#change((error as Error).message);
      this.#lines = [...lines, ...this.#lines];
      this.#size += text.length;
    }
  }

  #drop(): void {
    this.#broken = true;
    this.#lines = [];
    this.#size = 0;
  }

  #change(fault: string | undefined): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#changed(fault);
  }
}

/** Adds the whole of a block to the file, or nothing of it. Opened each time: anybody may rename or remove it. */
async function store(path: string, block: Uint8Array): Promise<void> {
  await using file: FileHandle = await open(path, 'a');
  const { size } = await file.stat();
  try {
    await file.appendFile(block);
  } catch (error) {
    await file.truncate(size).catch(() => {});
    throw error;
  }
}

/** A file holds something else than a trace; not where it cannot be read: the routing does not wait for a disk. */
export function isForeign(path: string): boolean {
  const start = Buffer.alloc(MAGIC.length);
  try {
    const file = openSync(path, 'r');
    const length = readSync(file, start, 0, start.length, 0);
    closeSync(file);
    return length > 0 && !start.equals(MAGIC);
  } catch {
    return false;
  }
}
