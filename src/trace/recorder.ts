import type { Configuration } from '../config/schema.ts';
import type { Incident, Origin, Tracer } from '../monitor/tracer.ts';
import { linesOf } from '../monitor/settings.ts';
import type { Asked, Cause, Input } from '../probe/input.ts';
import type { Attempt } from '../probe/waiting.ts';
import type { Override } from '../uplink/override.ts';
import { LineWriter } from './line-writer.ts';
import type { TraceRecord } from './record.ts';

/** Who keeps the lines of a trace, without a line break each. */
export interface TraceStore {
  append(line: string): void;
  /** A beginning: who has lost lines can go on from here. */
  begin(line: string): void;
}

/** Records what a monitor's decisions are made of. */
export class Recorder implements Tracer {
  readonly #store: TraceStore;
  readonly #time: () => number;
  readonly #writer = new LineWriter();
  /** Positions of the lines, by name. */
  #lines = new Map<string, number>();
  /** What may be asked by each line, by name. */
  readonly #targets = new Map<string, readonly string[]>();
  /** How many probes have left by each line, by name, and which each was. */
  readonly #counts = new Map<string, number>();
  readonly #numbers = new WeakMap<Attempt, number>();

  /** `time`: ms since 1970. */
  constructor(store: TraceStore, time: () => number) {
    this.#store = store;
    this.#time = time;
  }

  began({ uplinks, tests }: Configuration, origins: readonly Origin[], first: boolean, now: number): void {
    const names = linesOf({ uplinks }).map(({ name }) => name);
    this.#lines = new Map(names.map((name, position) => [name, position]));
    const configuration = { uplinks, tests };
    const targets = names.map((name) => this.#targets.get(name) ?? []);
    const time = this.#time();
    this.#store.begin(
      this.#writer.line({ kind: 'began', configuration, origins, targets, first, now, time }),
    );
  }

  told(name: string, input: Input): void {
    if (input.kind === 'begun') this.#targets.set(name, input.targets);
    if (input.kind === 'ended') this.#targets.delete(name);
    this.#record(name, (line) => ({ kind: 'told', line, input: this.#aged(name, input) }));
  }

  befell(name: string, incident: Incident, now: number): void {
    this.#record(name, (line) => ({ kind: 'befell', line, incident, now }));
  }

  decided(now: number): void {
    this.#store.append(this.#writer.line({ kind: 'decided', now }));
  }

  overridden(name: string, is: Override | undefined, now: number): void {
    this.#record(name, (line) => ({ kind: 'overridden', line, is, now }));
  }

  #record(name: string, record: (line: number) => TraceRecord): void {
    const line = this.#lines.get(name);
    if (line !== undefined) this.#store.append(this.#writer.line(record(line)));
  }

  #aged(name: string, input: Input): Input<number> {
    if (input.kind !== 'turn') return input;
    // Of a probe that is asked for in this turn nobody knows what becomes of it.
    const cause = this.#cause(name, input.cause);
    for (const batch of input.asked) for (const one of batch) this.#count(name, one);
    return { ...input, cause };
  }

  #cause(name: string, cause: Cause<Attempt>): Cause<number> {
    if (cause.kind !== 'outcome') return cause;
    const { probe, outcome } = cause;
    const age = (this.#counts.get(name) ?? 0) - (this.#numbers.get(probe) ?? 0);
    return { kind: 'outcome', probe: age, outcome };
  }

  #count(name: string, asked: Asked): void {
    if ('failure' in asked) return;
    const count = this.#counts.get(name) ?? 0;
    this.#numbers.set(asked, count);
    this.#counts.set(name, count + 1);
  }
}
