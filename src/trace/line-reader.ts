import type { Asked, Cause, Input } from '../probe/input.ts';
import { VERSION } from './line-writer.ts';
import type { Beginning, TraceRecord } from './record.ts';
import { absoluteTime } from './relative-time.ts';
import { readBeginning, readIncident, readOverride } from './schema.ts';

/** Reads lines that a LineWriter wrote, in their order. */
export class LineReader {
  #time = 0;
  #targets: (readonly string[])[] = [];

  /** Throws an error that says what is wrong with the line. */
  record(line: string): TraceRecord {
    const fields: unknown = JSON.parse(line);
    if (!Array.isArray(fields)) throw new Error('it is no list');
    if (fields[0] === 'B') return this.#beginning(fields);
    if (fields[0] === 'd') return { kind: 'decided', now: this.#after(fields[1]) };
    return this.#record(fields);
  }

  #beginning([, version, beginning]: readonly unknown[]): Beginning {
    if (version !== VERSION) throw new Error(`it is of version ${String(version)}, and ${VERSION} is known`);
    const began = readBeginning(beginning);
    this.#time = began.now;
    this.#targets = [...began.targets];
    return began;
  }

  #record([letter, position, time, ...rest]: readonly unknown[]): TraceRecord {
    const line = numeric(position);
    if (this.#targets[line] === undefined) throw new Error(`there is no line ${line}`);
    if (letter === 'e') return { kind: 'told', line, input: { kind: 'ended' } };
    const now = this.#after(time);
    if (letter === 'u') return { kind: 'befell', line, incident: readIncident(rest[0]), now };
    if (letter === 'o') return { kind: 'overridden', line, is: readOverride(rest[0]), now };
    return { kind: 'told', line, input: this.#input(letter, line, now, rest) };
  }

  #input(letter: unknown, line: number, now: number, rest: readonly unknown[]): Input<number> {
    const turn = (cause: Cause<number>, [asked = [], busy]: readonly unknown[]): Input<number> => ({
      kind: 'turn',
      now,
      cause,
      asked: listed(asked).map((batch) => this.#batch(line, listed(batch), now)),
      busy: busy === 1,
    });
    const [first, second, ...others] = rest;
    switch (letter) {
      case 't':
        return turn({ kind: 'time' }, rest);
      case 'r':
        return turn({ kind: 'restart' }, rest);
      case 'a':
        return turn(
          { kind: 'outcome', probe: numeric(first), outcome: { rtt: numeric(second ?? 0) } },
          others,
        );
      case 'f':
        return turn({ kind: 'outcome', probe: numeric(first), outcome: { failure: String(second) } }, others);
      case 'b': {
        const targets = listed(first).map(String);
        this.#targets[line] = targets;
        return { kind: 'begun', targets, now };
      }
      case 'i':
        return { kind: 'inspected', now };
      case 'p':
        return { kind: 'paced', hurried: first === 1, now };
      default:
        throw new Error(`nothing is called ${JSON.stringify(letter)}`);
    }
  }

  #batch(line: number, batch: readonly unknown[], now: number): Asked[] {
    return Array.from({ length: batch.length / 2 }, (_, index): Asked => {
      const target = this.#targets[line]?.[numeric(batch[2 * index])];
      const fate = batch[2 * index + 1];
      if (target === undefined) throw new Error('it asks a target that nobody has named');
      return Array.isArray(fate)
        ? { target, failure: String(fate[0]) }
        : { target, sentAt: this.#at(fate, now) };
    });
  }

  /** So long after the record before. */
  #after(written: unknown): number {
    this.#time = this.#at(written, this.#time);
    return this.#time;
  }

  #at(written: unknown, reference: number): number {
    return absoluteTime(typeof written === 'string' ? written : numeric(written), reference);
  }
}

function numeric(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`${JSON.stringify(value)} is no number`);
  return value;
}

function listed(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no list`);
  return value;
}
