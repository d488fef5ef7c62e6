import type { Clock } from '../../src/clock.ts';

interface Alarm {
  readonly time: number;
  readonly run: () => void;
  /** A packet's arrival rather than a timer. */
  readonly arrival: boolean;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): () => void {
    return this.#set({ time, run, arrival: false });
  }

  /** Runs when a packet that arrives at `time` is noticed. */
  arrive(time: number, run: () => void): void {
    this.#set({ time, run, arrival: true });
  }

  /** Moves on by `span` ms and runs what has become due on the way, each at its time. */
  advance(span: number): void {
    const end = this.#now + span;
    this.#runUntil(end, () => true);
    this.#now = end;
  }

  /**
   * Moves on by `span` ms as a process that was blocked sees it: what has become due runs late, all of it at
   * the end, and the event loop comes to its timers before it looks at its sockets.
   */
  leap(span: number): void {
    this.#now += span;
    this.#runUntil(this.#now, ({ arrival }) => !arrival);
    this.advance(0);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#alarms.length;
  }

  #set(alarm: Alarm): () => void {
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  #runUntil(end: number, chosen: (alarm: Alarm) => boolean): void {
    const next = () =>
      this.#alarms
        .filter((alarm) => alarm.time <= end && chosen(alarm))
        .toSorted((a, b) => a.time - b.time)[0];
    for (let alarm = next(); alarm !== undefined; alarm = next()) {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      this.#now = Math.max(this.#now, alarm.time);
      alarm.run();
    }
  }
}
