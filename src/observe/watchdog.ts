import type { Clock } from '../clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { ailment } from './health.ts';

/** What a watchdog looks at, and whom it tells. */
export interface WatchdogParts {
  readonly clock: Clock;
  readonly kernel: Kernel;
  readonly monitor: Monitor;
  /** All works. */
  readonly alive: () => void;
  /** Something does not work from now on, and what; undefined: all works again. */
  readonly changed: (ailment: string | undefined) => void;
}

/** Looks at the daemon's parts again and again, and tells that they work, as long as they really do. */
export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #interval: number;
  #dueAt: number;
  #heard = true;
  #refusal: string | undefined;
  #ailment: string | undefined;
  #cancel = () => {};

  /**
   * `patience`: without a word for so long, ms, somebody ends this process. Four looks fall into that time, so that
   * neither a look that is missed nor one that finds a passing ailment does.
   */
  constructor(patience: number, parts: WatchdogParts) {
    this.#parts = parts;
    this.#interval = patience / 4;
    this.#dueAt = parts.clock.now();
    this.#look();
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    const { clock, alive, changed } = this.#parts;
    const now = clock.now();
    const found = ailment({
      lateness: now - this.#dueAt,
      tolerance: this.#interval,
      overdue: this.#overdue(now),
      refusal: this.#refusal,
      heard: this.#heard,
    });
    if (found === undefined) alive();
    if (found !== this.#ailment) changed(found);
    this.#ailment = found;
    this.#ask();
    this.#dueAt = now + this.#interval;
    this.#cancel = clock.at(this.#dueAt, () => this.#look());
  }

  #overdue(now: number): Map<string, number> {
    const overdue = new Map<string, number>();
    for (const { member } of this.#parts.monitor.uplinks()) {
      if (member.dueAt !== undefined) overdue.set(member.settings.description, now - member.dueAt);
    }
    return overdue;
  }

  /** The answers are judged at the next look. */
  #ask(): void {
    this.#heard = false;
    this.#refusal = undefined;
    try {
      this.#parts.kernel.ping(() => {
        this.#heard = true;
      });
    } catch (error) {
      this.#refusal = (error as Error).message;
    }
  }
}
