import { readFileSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { LineReader } from './line-reader.ts';
import type { TraceRecord } from './record.ts';
import { MAGIC } from './trace-file.ts';

/** A file that is no trace, or cannot be read. */
export class TraceError extends Error {}

/** Sizes of what stands before and after the data of a member (RFC 1952, 2.3), as zlib writes it. */
const HEADER = 10;
const TRAILER = 8;
const LINE_BREAK = 0x0a;

/**
 * The records of a trace, in order. `damaged` is told what cannot be read; after it records are left out up to the next
 * beginning. Throws TraceError.
 */
export function* readTrace(path: string, damaged: (text: string) => void): Generator<TraceRecord> {
  const reader = new LineReader();
  let number = 0;
  let whole = false;
  let begun = false;
  const lose = (why: string) => {
    // What follows a loss is not told of one by one.
    if (whole) damaged(`after line ${number} ${why}`);
    whole = false;
  };
  for (const member of members(readWhole(path))) {
    if (member === undefined) lose('a part is damaged or cut off');
    else
      for (const line of lines(member)) {
        number++;
        if (!whole && !line.startsWith('["B"')) continue;
        const record = understood(() => reader.record(line));
        if (typeof record === 'string') {
          if (!begun) throw new TraceError(`${path}:${number}: ${record}`);
          lose(`comes one that is damaged: ${record}`);
          continue;
        }
        yield !whole && record.kind === 'began' ? { ...record, first: true } : record;
        whole = begun = true;
      }
  }
  if (!begun) throw new TraceError(`${path}: there is no beginning of a trace in it`);
}

/** A record, or what is wrong with it. */
function understood(read: () => TraceRecord): TraceRecord | string {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}

function readWhole(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new TraceError(`${path}: ${(error as Error).message}`);
  }
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new TraceError(`${path}: this is no trace`);
  return bytes;
}

/** What each member holds; undefined in place of what is damaged. */
function* members(bytes: Buffer): Generator<Buffer | undefined> {
  for (let at = 0; at >= 0 && at < bytes.length; ) {
    const member = memberAt(bytes, at);
    yield member?.content;
    at = member?.end ?? bytes.indexOf(MAGIC, at + 1);
  }
}

function memberAt(bytes: Buffer, at: number): { readonly content: Buffer; readonly end: number } | undefined {
  if (!bytes.subarray(at, at + MAGIC.length).equals(MAGIC)) return undefined;
  try {
    const { buffer: content, engine } = inflateRawSync(bytes.subarray(at + HEADER), {
      info: true,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const end = at + HEADER + engine.bytesWritten;
    return bytes.readUInt32LE(end) === crc32(content) ? { content, end: end + TRAILER } : undefined;
  } catch {
    return undefined;
  }
}

function* lines(content: Buffer): Generator<string> {
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(LINE_BREAK, start);
    const stop = end < 0 ? content.length : end;
    yield content.toString('utf8', start, stop);
    start = stop + 1;
  }
}
