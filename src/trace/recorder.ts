import type { Configuration } from '../config/schema.ts';
import type { Incident, Origin, Tracer } from '../monitor/tracer.ts';
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
  /** Positions of the uplinks, by interface. */
  #uplinks = new Map<string, number>();
  /** How many probes have left by each uplink, by interface, and which each was. */
  readonly #counts = new Map<string, number>();
  readonly #numbers = new WeakMap<Attempt, number>();

  /** `time`: ms since 1970. */
  constructor(store: TraceStore, time: () => number) {
    this.#store = store;
    this.#time = time;
  }

  began({ uplinks, tests }: Configuration, origins: readonly Origin[], first: boolean, now: number): void {
    this.#uplinks = new Map(uplinks.map((uplink, position) => [uplink.interface, position]));
    const configuration = { uplinks, tests };
    const time = this.#time();
    this.#store.begin(this.#writer.line({ kind: 'began', configuration, origins, first, now, time }));
  }

  told(name: string, input: Input): void {
    this.#record(name, (uplink) => ({ kind: 'told', uplink, input: this.#aged(name, input) }));
  }

  befell(name: string, incident: Incident, now: number): void {
    this.#record(name, (uplink) => ({ kind: 'befell', uplink, incident, now }));
  }

  overridden(name: string, is: Override | undefined, now: number): void {
    this.#record(name, (uplink) => ({ kind: 'overridden', uplink, is, now }));
  }

  #record(name: string, record: (uplink: number) => TraceRecord): void {
    const uplink = this.#uplinks.get(name);
    if (uplink !== undefined) this.#store.append(this.#writer.line(record(uplink)));
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
