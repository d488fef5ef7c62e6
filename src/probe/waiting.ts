import type { Miss } from './evidence.ts';
import type { TargetRecord } from './target-record.ts';

/** A probe whose fate is not known yet. */
export interface Attempt {
  readonly target: string;
  readonly sentAt: number;
}

/** The same, and what is expected of it. */
export interface Waiting extends Attempt {
  readonly record: TargetRecord;
  readonly overdueAt: number;
  readonly lostAt: number;
  /** Absent until it is overdue. */
  missed?: Miss;
}

/** The probes that wait for their replies. */
export class WaitingProbes {
  #waiting: Waiting[] = [];

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** That of an attempt, which waits no longer; undefined when it did not. */
  take(attempt: Attempt): Waiting | undefined {
    const index = this.#waiting.findIndex((waiting) => waiting === attempt);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Those that have become overdue. */
  overdue(now: number): Waiting[] {
    return this.#waiting.filter(({ missed, overdueAt }) => missed === undefined && overdueAt <= now);
  }

  /** Those whose time is over; they wait no longer. */
  lost(now: number): Waiting[] {
    const lost = this.#waiting.filter(({ lostAt }) => lostAt <= now);
    if (lost.length > 0) this.#waiting = this.#waiting.filter(({ lostAt }) => lostAt > now);
    return lost;
  }

  /** How many to this target. */
  of(record: TargetRecord): number {
    return this.#waiting.reduce((sum, waiting) => sum + Number(waiting.record === record), 0);
  }

  /** When the next one becomes overdue or is lost; infinite when there is none. */
  get dueAt(): number {
    let time = Number.POSITIVE_INFINITY;
    for (const { missed, overdueAt, lostAt } of this.#waiting)
      time = Math.min(time, missed === undefined ? overdueAt : lostAt);
    return time;
  }
}
