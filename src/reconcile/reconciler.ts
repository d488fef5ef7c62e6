import type { Clock } from '../clock.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { WantedState } from '../plan/plan.ts';
import { readActual } from './actual.ts';
import { diff } from './diff.ts';
import { apply, formatOperation, type Operation } from './operation.ts';
import { TokenBucket } from './token-bucket.ts';

/** What became of one operation. */
export interface Outcome {
  readonly operation: Operation;
  readonly error?: Error;
}

/** Why the kernel was compared with the plan. */
export type Cause = 'decision' | 'repair' | 'periodic' | 'retry';

export interface ReconcileListener {
  /**
   * A pass changed something, or something has begun to fail. What fails again in the same way is not told
   * again.
   */
  reconciled(outcomes: readonly Outcome[], cause: Cause): void;
  /** The kernel could not be read; it is tried again. */
  unreadable(error: Error): void;
}

/** Somebody's changes are looked at together when they come within this time, ms. */
const COALESCE = 5;
/**
 * Repairs in a row that are made at once; further ones wait for a token: nobody wins a fight, but the log
 * tells of it.
 */
const REPAIRS = { capacity: 10, refill: 1000 };
/**
 * Without any event the kernel is compared with the plan so often, ms: no event is ever the only one to lead
 * back to it.
 */
const PERIOD = 30_000;
/** A failed operation is tried again after this time, doubled each time up to the period, ms. */
const FIRST_RETRY = 250;

/** Keeps the kernel in the wanted state. */
export class Reconciler {
  readonly #kernel: Kernel;
  readonly #clock: Clock;
  readonly #listener: ReconcileListener;
  readonly #repairs: TokenBucket;
  #wanted: WantedState = { families: [], tables: [], routes: [], rules: [], sysctls: [] };
  #failures: ReadonlySet<string> = new Set();
  #unreadable: Error | undefined;
  #retry = FIRST_RETRY;
  #cancelNext = () => {};
  #cancelRepair: (() => void) | undefined;

  constructor(kernel: Kernel, clock: Clock, listener: ReconcileListener) {
    this.#kernel = kernel;
    this.#clock = clock;
    this.#listener = listener;
    this.#repairs = new TokenBucket(REPAIRS.capacity, REPAIRS.refill, clock.now());
  }

  /** Takes a new wanted state and brings the kernel there at once. */
  want(wanted: WantedState): void {
    this.#wanted = wanted;
    this.#retry = FIRST_RETRY;
    this.#pass('decision');
  }

  /**
   * Somebody has changed something: compare soon, with all else that comes in the meantime, but not more
   * often than allowed.
   */
  repair(): void {
    if (this.#cancelRepair !== undefined) return;
    const now = this.#clock.now();
    this.#cancelRepair = this.#clock.at(this.#repairs.take(now + COALESCE), () => {
      this.#cancelRepair = undefined;
      this.#pass('repair');
    });
  }

  /** What is not as wanted since the last look, in words; empty: the kernel is as wanted. */
  get faults(): readonly string[] {
    return this.#unreadable === undefined ? [...this.#failures] : [this.#unreadable.message];
  }

  close(): void {
    this.#cancelNext();
    this.#cancelRepair?.();
  }

  #pass(cause: Cause): void {
    const failed = !this.#attempt(cause);
    this.#cancelNext();
    this.#cancelNext = this.#clock.at(this.#clock.now() + (failed ? this.#retry : PERIOD), () =>
      this.#pass(failed ? 'retry' : 'periodic'),
    );
    this.#retry = failed ? Math.min(this.#retry * 2, PERIOD) : FIRST_RETRY;
  }

  /** True when the kernel is as wanted now. */
  #attempt(cause: Cause): boolean {
    try {
      const outcomes = reconcile(this.#kernel, this.#wanted);
      this.#unreadable = undefined;
      this.#tell(outcomes, cause);
      return outcomes.every(({ error }) => error === undefined);
    } catch (error) {
      this.#unreadable = error as Error;
      this.#listener.unreadable(error as Error);
      return false;
    }
  }

  #tell(outcomes: readonly Outcome[], cause: Cause): void {
    const known = this.#failures;
    this.#failures = new Set(outcomes.flatMap((outcome) => failureText(outcome) ?? []));
    const news = outcomes.filter((outcome) => !known.has(failureText(outcome) ?? ''));
    if (news.length > 0) this.#listener.reconciled(news, cause);
  }
}

function failureText({ operation, error }: Outcome): string | undefined {
  return error && `${formatOperation(operation)}: ${error.message}`;
}

/**
 * Brings the kernel into the wanted state as far as it lets us: an operation that fails does not stop the
 * others. Idempotent. Throws only when the kernel cannot be read.
 */
export function reconcile(kernel: Kernel, wanted: WantedState): Outcome[] {
  return diff(wanted, readActual(kernel, wanted)).map((operation) => {
    try {
      apply(operation, kernel);
      return { operation };
    } catch (error) {
      return { operation, error: error as Error };
    }
  });
}
