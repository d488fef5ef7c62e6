import type { Input } from '../probe/input.ts';

/** A stretch of time, ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A probe is judged together with those after it, so many in all, and no fewer than these at the end. */
const TOGETHER = 20;
const FEWEST = 10;
/** A line that loses such a part of them is out. */
const MOST = 0.8;
/** Losses are counted in steps of so many ms. */
const STEP = 5000;

interface Fate {
  readonly sentAt: number;
  /** Undefined: not known yet. */
  lost: boolean | undefined;
}

/**
 * How a line was, by its probes alone: it was out from a lost probe after which most are lost, to an answered one after which
 * fewer are. No setting but the timeout has a part in it.
 */
export class Quality {
  readonly outages: Stretch[] = [];
  readonly #timeout: number;
  /** Probes that have left, the oldest first, from the first whose fate is not known yet. */
  #open: Fate[] = [];
  readonly #numbers = new Map<number, Fate>();
  #count = 0;
  /** Probes whose fate is known, from the first that has not been judged. */
  #known: Fate[] = [];
  #outSince: number | undefined;
  readonly #asked = new Map<number, number>();
  readonly #lost = new Map<number, number>();
  #now = 0;

  /** `timeout`: after so many ms a probe is lost. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** How many probes have left. */
  get probes(): number {
    return this.#count;
  }

  hear(input: Input<number>): void {
    if (input.kind !== 'ended') this.#now = input.now;
    if (input.kind === 'begun' || input.kind === 'ended') this.#forget();
    if (input.kind === 'ended') this.close();
    if (input.kind !== 'turn') return;
    const { cause, asked, now } = input;
    if (cause.kind === 'restart') this.#forget();
    if (cause.kind === 'outcome') this.#tell(this.#count - cause.probe, 'failure' in cause.outcome);
    for (const one of asked.flat())
      if ('failure' in one) this.#open.push({ sentAt: now, lost: true });
      else this.#send(one.sentAt);
    this.#settle();
  }

  /** Nothing is known of what comes. */
  close(): void {
    while (this.#known.length > 0) this.#judge();
    this.#end(this.#now);
  }

  /** Part of the probes, 0 to 1, that were lost from `from` to `to`, ms; 0 when there were none. */
  loss(from: number, to: number): number {
    let asked = 0;
    let lost = 0;
    for (let step = Math.floor(from / STEP); step <= Math.floor(to / STEP); step++) {
      asked += this.#asked.get(step) ?? 0;
      lost += this.#lost.get(step) ?? 0;
    }
    return asked === 0 ? 0 : lost / asked;
  }

  #send(sentAt: number): void {
    const fate: Fate = { sentAt, lost: undefined };
    this.#open.push(fate);
    this.#numbers.set(this.#count++, fate);
  }

  #tell(number: number, lost: boolean): void {
    const fate = this.#numbers.get(number);
    if (fate !== undefined) fate.lost ??= lost;
    this.#numbers.delete(number);
  }

  /** What is under way was thrown away. */
  #forget(): void {
    this.#open = [];
    this.#numbers.clear();
  }

  #settle(): void {
    const end = this.#now - this.#timeout;
    for (let [fate] = this.#open; fate !== undefined; [fate] = this.#open) {
      if (fate.lost === undefined && fate.sentAt > end) return;
      fate.lost ??= true;
      this.#open.shift();
      this.#add(fate);
    }
    if (this.#open.length === 0) this.#numbers.clear();
  }

  #add(fate: Fate): void {
    const step = Math.floor(fate.sentAt / STEP);
    this.#asked.set(step, (this.#asked.get(step) ?? 0) + 1);
    if (fate.lost === true) this.#lost.set(step, (this.#lost.get(step) ?? 0) + 1);
    this.#known.push(fate);
    if (this.#known.length >= TOGETHER) this.#judge();
  }

  /** Judges the first one by those after it. */
  #judge(): void {
    const { sentAt, lost } = this.#known[0]!;
    const all = this.#known.length;
    const most = this.#known.filter((fate) => fate.lost === true).length >= MOST * all;
    if (lost === true && most && all >= FEWEST) this.#outSince ??= sentAt;
    else if (lost === false && !most) this.#end(sentAt);
    this.#known.shift();
  }

  #end(now: number): void {
    if (this.#outSince !== undefined) this.outages.push({ from: this.#outSince, to: now });
    this.#outSince = undefined;
  }
}
