import type { Clock } from '../clock.ts';
import type { OwnTable } from '../kernel/nft.ts';
import type { Cause } from './reconciler.ts';
import { TokenBucket } from './token-bucket.ts';
import { removal, replacement } from './transaction.ts';

export interface TableListener {
  /** The table was changed: from what stood, undefined for none, to what is wanted. */
  changed(standing: string | undefined, wanted: string | undefined, cause: Cause): void;
  /** It could not be read or changed, which is tried again; the same failure is told once. */
  failed(error: Error): void;
}

/** Somebody's changes are looked at together when they come within this time, ms. */
const COALESCE = 50;
/** Repairs in a row that are made at once; further ones wait, ms. */
const REPAIRS = { capacity: 5, refill: 2000 };
/** Without any event the table is looked at so often, ms. */
const PERIOD = 60_000;
/** After a failure it is tried again after this time, doubled each time up to the period, ms. */
const FIRST_RETRY = 500;

/**
 * Keeps the managed table as it is wanted: as the Reconciler does with rules and routes, but with a program that takes
 * its time, so that there is one pass at a time and nothing waits for it.
 */
export class TableKeeper {
  readonly #table: OwnTable;
  readonly #clock: Clock;
  readonly #listener: TableListener;
  readonly #repairs: TokenBucket;
  /** Undefined: no table. */
  #wanted: string | undefined;
  /** How nft lists the table that was loaded last, where it spells it otherwise. */
  #spelling: { readonly wanted: string; readonly listed: string | undefined } | undefined;
  #failure: string | undefined;
  #retry = FIRST_RETRY;
  #busy = false;
  /** What came up during a pass. */
  #next: Cause | undefined;
  #cancelNext = () => {};
  #cancelRepair: (() => void) | undefined;
  #watching = false;
  #closed = false;

  constructor(table: OwnTable, clock: Clock, listener: TableListener) {
    this.#table = table;
    this.#clock = clock;
    this.#listener = listener;
    this.#repairs = new TokenBucket(REPAIRS.capacity, REPAIRS.refill, clock.now());
  }

  /** Takes a new wanted table, or none; the way there begins at once. */
  want(table: string | undefined): void {
    if (table === this.#wanted) return;
    this.#wanted = table;
    this.#retry = FIRST_RETRY;
    void this.#pass('decision');
  }

  /** What is not as wanted, in words. */
  get faults(): readonly string[] {
    return this.#failure === undefined ? [] : [this.#failure];
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
    this.#cancelRepair?.();
    this.#table.close();
  }

  /** Throws where the kernel has no nf_tables. */
  #watch(): void {
    if (this.#watching) return;
    this.#table.watch(() => this.#repair());
    this.#watching = true;
  }

  #repair(): void {
    if (this.#cancelRepair !== undefined) return;
    const at = this.#repairs.take(this.#clock.now() + COALESCE);
    this.#cancelRepair = this.#clock.at(at, () => {
      this.#cancelRepair = undefined;
      void this.#pass('repair');
    });
  }

  async #pass(cause: Cause): Promise<void> {
    if (this.#busy) {
      this.#next ??= cause;
      return;
    }
    this.#busy = true;
    this.#cancelNext();
    const failed = !(await this.#attempt(cause));
    this.#busy = false;
    if (this.#closed) return;
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) return this.#pass(next);
    this.#cancelNext = this.#clock.at(
      this.#clock.now() + (failed ? this.#retry : PERIOD),
      () => void this.#pass(failed ? 'retry' : 'periodic'),
    );
    this.#retry = failed ? Math.min(this.#retry * 2, PERIOD) : FIRST_RETRY;
  }

  /** True when the table is as wanted now. */
  async #attempt(cause: Cause): Promise<boolean> {
    const wanted = this.#wanted;
    try {
      this.#watch();
      const standing = await this.#table.list();
      if (!this.#closed && !this.#stands(wanted, standing)) await this.#change(wanted, standing, cause);
      this.#failure = undefined;
      return true;
    } catch (error) {
      if (this.#closed) return false;
      const { message } = error as Error;
      if (message !== this.#failure) this.#listener.failed(error as Error);
      this.#failure = message;
      return false;
    }
  }

  #stands(wanted: string | undefined, standing: string | undefined): boolean {
    if (standing === wanted) return true;
    return this.#spelling?.wanted === wanted && this.#spelling?.listed === standing;
  }

  async #change(wanted: string | undefined, standing: string | undefined, cause: Cause): Promise<void> {
    const { name } = this.#table;
    await this.#table.load(wanted === undefined ? removal(name) : replacement(name, wanted, standing));
    if (this.#closed) return;
    this.#listener.changed(standing, wanted, cause);
    if (wanted === undefined) return;
    const listed = await this.#table.list();
    // Another version of nft spells some things otherwise. What somebody has changed meanwhile is no spelling.
    const meddled = this.#cancelRepair !== undefined || this.#next !== undefined;
    this.#spelling = meddled ? undefined : { wanted, listed };
  }
}
