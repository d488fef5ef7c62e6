import type { Clock } from '../../src/clock.ts';

interface Alarm {
  readonly time: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): () => void {
    const alarm = { time, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Moves on by `span` ms and runs what has become due on the way, each at its time. */
  advance(span: number): void {
    const end = this.#now + span;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#now = Math.max(this.#now, next.time);
      next.run();
    }
    this.#now = end;
  }

  /**
   * Moves on by `span` ms as a process that was blocked sees it: what has become due runs late, all of it at
   * the end.
   */
  leap(span: number): void {
    this.#now += span;
    this.advance(0);
  }

  /** How many alarms wait. */
  get pending(): number {
    return this.#alarms.length;
  }

  #due(end: number): Alarm | undefined {
    const [first] = this.#alarms.filter(({ time }) => time <= end).toSorted((a, b) => a.time - b.time);
    if (first !== undefined) this.#alarms = this.#alarms.filter((alarm) => alarm !== first);
    return first;
  }
}
