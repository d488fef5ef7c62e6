import type { Clock } from '../clock.ts';

interface Alarm {
  readonly time: number;
  readonly run: () => void;
}

/** A clock that goes as fast as it is told to. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): () => void {
    const alarm = { time, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Goes on to `time`, never back, and runs what is due before it, each at its time. */
  advance(time: number): void {
    this.#run((due) => due < time);
    this.#now = Math.max(this.#now, time);
  }

  /** Runs what is due at this moment, too. */
  settle(): void {
    this.#run((due) => due <= this.#now);
  }

  #run(isDue: (time: number) => boolean): void {
    for (let next = this.#next; next !== undefined && isDue(next.time); next = this.#next) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.time);
      next.run();
    }
  }

  /** The first of those that are due first. */
  get #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.time < first.time) first = alarm;
    return first;
  }
}
