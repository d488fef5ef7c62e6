import type { Clock } from '../clock.ts';
import { type Override, timeLeft } from '../uplink/override.ts';

/** Overrides by the uplink's interface. */
export type OverridesByInterface = ReadonlyMap<string, Override>;

/** Where overrides outlive the daemon; both methods throw what the system says. */
export interface OverrideStore {
  load(): OverridesByInterface;
  save(overrides: OverridesByInterface): void;
}

/** What is told of them. */
export interface OverrideListener {
  /** The time of one is over. */
  ended(name: string, was: Override): void;
  /** They could not be read or kept; what is in force stays so. */
  failed(error: Error): void;
}

/** The overrides in force. */
export class Overrides {
  readonly #clock: Clock;
  readonly #store: OverrideStore | undefined;
  readonly #listener: OverrideListener;
  readonly #current = new Map<string, Override>();
  #cancelEnd = () => {};

  /** Without a store they end with the process. */
  constructor(clock: Clock, store: OverrideStore | undefined, listener: OverrideListener) {
    this.#clock = clock;
    this.#store = store;
    this.#listener = listener;
  }

  /** Puts those of an earlier run in force that are for one of these interfaces and not over. */
  load(names: readonly string[]): void {
    try {
      const now = this.#clock.now();
      for (const [name, override] of this.#store?.load() ?? []) {
        if (names.includes(name) && timeLeft(override, now) !== 0) this.#current.set(name, override);
      }
    } catch (error) {
      this.#listener.failed(error as Error);
    }
    this.#schedule();
  }

  of(name: string): Override | undefined {
    return this.#current.get(name);
  }

  /** Puts one in place of the one before; undefined: the tests decide again. */
  lay(name: string, override: Override | undefined): void {
    if (override === undefined) this.#current.delete(name);
    else this.#current.set(name, override);
    this.#changed();
  }

  /** Forgets those of other interfaces than these. */
  retain(names: readonly string[]): void {
    const gone = [...this.#current.keys()].filter((name) => !names.includes(name));
    if (gone.length === 0) return;
    for (const name of gone) this.#current.delete(name);
    this.#changed();
  }

  close(): void {
    this.#cancelEnd();
  }

  #changed(): void {
    try {
      this.#store?.save(this.#current);
    } catch (error) {
      this.#listener.failed(error as Error);
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#cancelEnd();
    const now = this.#clock.now();
    const left = [...this.#current.values()].flatMap((override) => timeLeft(override, now) ?? []);
    if (left.length > 0) this.#cancelEnd = this.#clock.at(now + Math.min(...left), () => this.#end());
  }

  #end(): void {
    const now = this.#clock.now();
    const over = [...this.#current].filter(([, override]) => timeLeft(override, now) === 0);
    for (const [name] of over) this.#current.delete(name);
    this.#changed();
    for (const [name, was] of over) this.#listener.ended(name, was);
  }
}
