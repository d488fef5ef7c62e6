import type { Asked, Input } from '../probe/input.ts';
import type { TraceRecord } from './record.ts';
import { relativeTime } from './relative-time.ts';

/*
 * A record is a line of JSON, an array that begins with a letter and, but for two, the number of an line and the time
 * since the record before:
 *
 *   ["B", version, beginning]
 *   ["d", time]                                    decided
 *   ["t", line, time, asked, busy]               a turn at its time
 *   ["r", line, time, asked, busy]               one after a restart
 *   ["a", line, time, age, rtt, asked, busy]     one because of an answer
 *   ["f", line, time, age, failure, asked, busy] one because of a failure
 *   ["b", line, time, targets]                   a new detector
 *   ["e", line]                                  none any more
 *   ["i", line, time]                            inspected
 *   ["p", line, time, hurried]                   paced
 *   ["u", line, time, incident]                  something befell the line
 *   ["o", line, time, override or null]          overridden
 *
 * `asked` is a list of lists in which a target's number and when it was asked, or why it could not be, take turns. What
 * is 0 or [] at the end of a line is left out.
 */

export const VERSION = 1;

/** Writes records as lines; each refers to those before it. */
export class LineWriter {
  #time = 0;
  /** Of each line, by its position. */
  #targets: (readonly string[])[] = [];

  /** Without the line break. */
  line(record: TraceRecord): string {
    return JSON.stringify(shortened(this.#fields(record)));
  }

  #fields(record: TraceRecord): unknown[] {
    switch (record.kind) {
      case 'began':
        this.#time = record.now;
        this.#targets = [...record.targets];
        return ['B', VERSION, record];
      case 'told':
        return this.#told(record.line, record.input);
      case 'befell':
        return ['u', record.line, this.#since(record.now), record.incident];
      case 'decided':
        return ['d', this.#since(record.now)];
      case 'overridden':
        return ['o', record.line, this.#since(record.now), record.is ?? null];
    }
  }

  #told(line: number, input: Input<number>): unknown[] {
    switch (input.kind) {
      case 'begun':
        this.#targets[line] = input.targets;
        return ['b', line, this.#since(input.now), input.targets];
      case 'ended':
        return ['e', line];
      case 'inspected':
        return ['i', line, this.#since(input.now)];
      case 'paced':
        return ['p', line, this.#since(input.now), Number(input.hurried)];
      case 'turn':
        return this.#turn(line, input);
    }
  }

  #turn(line: number, { cause, now, asked, busy }: Extract<Input<number>, { kind: 'turn' }>): unknown[] {
    const head = [line, this.#since(now)];
    const tail = [asked.map((batch) => this.#batch(line, batch, now)), Number(busy)];
    if (cause.kind !== 'outcome') return [cause.kind === 'time' ? 't' : 'r', ...head, ...tail];
    const { probe, outcome } = cause;
    return 'rtt' in outcome
      ? ['a', ...head, probe, outcome.rtt, ...tail]
      : ['f', ...head, probe, outcome.failure, ...tail];
  }

  #batch(line: number, batch: readonly Asked[], now: number): unknown[] {
    const targets = this.#targets[line] ?? [];
    return batch.flatMap((one) => [
      targets.indexOf(one.target),
      // A list of its own tells words from a time.
      'failure' in one ? [one.failure] : relativeTime(one.sentAt, now),
    ]);
  }

  /** Since the record before. */
  #since(now: number): number | string {
    const since = relativeTime(now, this.#time);
    this.#time = now;
    return since;
  }
}

/** Without what is 0 or [] at the end; the letter, the line and the time stay. */
function shortened(fields: readonly unknown[]): readonly unknown[] {
  const last = fields.findLastIndex(
    (field, index) => index < 3 || !(field === 0 || (Array.isArray(field) && field.length === 0)),
  );
  return fields.slice(0, last + 1);
}
