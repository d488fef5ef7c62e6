import type { Clock } from '../clock.ts';
import { undecided } from '../uplink/outlook.ts';
import type { Witness } from './dead-targets.ts';
import type { Member } from './member.ts';

/** A decision waits so long at most, ms, and looks again so often. */
const PATIENCE = 1000;
const PAUSE = 50;
/** So many lines are asked whether they are any better. */
const WITNESSES = 3;

/**
 * When to decide: in the next turn of the event loop, so that lines that fail together are left together; but not
 * before it is clear whether any other line is better. Where none is, all have failed by then, and nothing moves.
 */
export class Deliberation {
  readonly #clock: Clock;
  readonly #decide: () => void;
  #cancel = () => {};
  #until: number | undefined;

  constructor(clock: Clock, decide: () => void) {
    this.#clock = clock;
    this.#decide = decide;
  }

  /** Decides soon; `others`: who may carry connections, as it stands when they are asked. */
  begin(others: () => readonly Pick<Witness, 'outlook'>[]): void {
    this.#until ??= this.#clock.now() + PATIENCE;
    this.#look(this.#clock.now(), others);
  }

  /** Somebody has decided, or nobody has to. */
  end(): void {
    this.#cancel();
    this.#until = undefined;
  }

  #look(time: number, others: () => readonly Pick<Witness, 'outlook'>[]): void {
    this.#cancel();
    this.#cancel = this.#clock.at(time, () => {
      const now = this.#clock.now();
      const waits = undecided(others().map(({ outlook }) => outlook)) && now < (this.#until ?? now);
      if (waits) this.#look(now + PAUSE, others);
      else this.#decide();
    });
  }
}

/** Asks some of the lines at once how they are: one of them may be wanted. */
export function inspect(others: readonly Member[]): void {
  for (const member of others.slice(0, WITNESSES)) member.inspect();
}
