import { open, rename, rm, stat } from 'node:fs/promises';
import type { Configuration } from '../config/schema.ts';
import type { Line, Severity } from './line.ts';
import { localTime } from './local-time.ts';

/** The configuration's section about the file. */
export type LogFileSettings = NonNullable<Configuration['log']>;

/** What a file tells whoever hands it lines. */
export interface LogFileListener {
  /** A line that the file did not take. Those come in their order. */
  declined(line: Line): void;
  /** From now on it takes no lines, and why; undefined: from now on it does. */
  changed(fault: string | undefined): void;
}

/** So many lines wait for a disk that hangs, and no more. */
const ROOM = 10_000;

interface Entry {
  readonly line: Line;
  readonly record: string;
}

/**
 * A log in a file. Lines are written one after another and in the background: a disk that hangs holds no probe up. The
 * file is opened for each line, so that anybody may rename, remove or truncate it, and unmount its file system, at any
 * time and without a word to the daemon.
 */
export class LogFile {
  /** In force for the lines that wait, too; absent: no file takes them. */
  settings: LogFileSettings | undefined;
  readonly #listener: LogFileListener;
  readonly #waiting: Entry[] = [];
  #fault: string | undefined;

  constructor(settings: LogFileSettings | undefined, listener: LogFileListener) {
    this.settings = settings;
    this.#listener = listener;
  }

  /** Takes over a line whose text holds no line break. Never throws and never waits. */
  append(line: Line): void {
    if (this.#waiting.length >= ROOM) return this.#decline(line, `${ROOM} lines wait for the disk`);
    this.#waiting.push({ line, record: format(line, new Date()) });
    if (this.#waiting.length === 1) void this.#drain();
  }

  async #drain(): Promise<void> {
    for (let entry = this.#waiting[0]; entry !== undefined; entry = this.#waiting[0]) {
      await this.#write(entry);
      this.#waiting.shift();
    }
  }

  async #write({ line, record }: Entry): Promise<void> {
    if (this.settings === undefined) return this.#listener.declined(line);
    try {
      await store(record, this.settings);
      // Only the last of those that wait tells that there is room again.
      if (this.#waiting.length === 1) this.#change(undefined);
    } catch (error) {
      this.#decline(line, (error as Error).message);
    }
  }

  #decline(line: Line, fault: string): void {
    this.#change(fault);
    this.#listener.declined(line);
  }

  #change(fault: string | undefined): void {
    if (fault === this.#fault) return;
    this.#fault = fault;
    this.#listener.changed(fault);
  }
}

/** Adds a record to the file, the whole or nothing of it; begins a new file first where it has no room. */
async function store(record: string, { file, max_size, old_files }: LogFileSettings): Promise<void> {
  const size = await sizeOf(file);
  if (size > 0 && size + Buffer.byteLength(record) > max_size) await rotate(file, old_files);
  await using handle = await open(file, 'a');
  const before = await handle.stat();
  try {
    await handle.appendFile(record);
  } catch (error) {
    await handle.truncate(before.size).catch(() => {});
    throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(unlessAbsent);
  return found?.size ?? 0;
}

/** Makes FILE the newest of `count` old files, FILE.0 up, as version 1.x named them; the oldest goes. */
async function rotate(file: string, count: number): Promise<void> {
  if (count === 0) return rm(file, { force: true });
  for (let number = count - 1; number > 0; number--) {
    await rename(`${file}.${number - 1}`, `${file}.${number}`).catch(unlessAbsent);
  }
  await rename(file, `${file}.0`).catch(unlessAbsent);
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Names of Ruby's Logger, in whose format version 1.x wrote: whatever reads such a file reads this one. */
const NAMES: Record<Severity, string> = {
  error: 'ERROR',
  warning: 'WARN',
  notice: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
};

/** As "W, [2026-11-22T14:03:11.204000 #4711]  WARN -- : text", in local time, which Ruby knows to the microsecond. */
function format({ severity, text }: Line, date: Date): string {
  const name = NAMES[severity];
  return `${name[0]}, [${localTime(date)}000 #${process.pid}] ${name.padStart(5)} -- : ${text}\n`;
}
