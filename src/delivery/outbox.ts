import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { MonitorEvent } from '../monitor/event.ts';
import type { Line, Severity } from '../observe/line.ts';
import {
  add,
  type Batch,
  begin,
  count,
  EMPTY,
  end,
  type Outcome,
  pause,
  type Queue,
  resume,
} from './queue.ts';
import type { Spool } from './spool.ts';

/** The words of an outbox's lines in the log. */
export interface Words {
  /** "Mail": what could not be sent. */
  readonly title: string;
  /** "notice": one of what waits. */
  readonly item: string;
  /** "the mail server": who took too long. */
  readonly peer: string;
}

/** What an attempt comes to; `reason` for people. */
export type Answer =
  | { readonly outcome: Extract<Outcome, 'taken'> }
  | { readonly outcome: Exclude<Outcome, 'taken'>; readonly reason: string };

/** What an outbox works with. */
export interface OutboxParts<Item> {
  readonly clock: Clock;
  readonly spool: Spool<Item>;
  readonly report: (line: Line) => void;
  readonly words: Words;
  /** So many items go out together at most. */
  readonly most: number;
  /** An attempt is broken off after so long, ms. */
  readonly limit: () => number;
  /** One attempt; never rejects, and ends soon after `signal`. */
  readonly send: (batch: Batch<Item>, signal: AbortSignal) => Promise<Answer>;
}

/**
 * Delivers items in their order. It tries at once, whatever the uplinks' states, since the other side may stand in the
 * LAN or be this machine; then again after growing pauses, and at once when there is a new way out. What waits outlives
 * the daemon. Whoever adds an item never waits.
 */
export class Outbox<Item> {
  readonly #parts: OutboxParts<Item>;
  #queue: Queue<Item> = EMPTY;
  #open = false;
  #discarded = false;
  #failures = 0;
  /** When the next attempt may begin, on the clock. */
  #due = Number.NEGATIVE_INFINITY;
  /** Breaks off the attempt that is under way. */
  #attempt: AbortController | undefined;
  #cancelAlarm = () => {};
  /** Why the queue could not be written the last time. */
  #spoolFault: string | undefined;

  /** Nothing is sent before `start`. */
  constructor(parts: OutboxParts<Item>) {
    this.#parts = parts;
    try {
      this.#queue = resume(parts.spool.load());
    } catch (error) {
      this.#report(
        'error',
        `${parts.words.title} queue ${parts.spool.path} cannot be read and begins anew: ${(error as Error).message}`,
      );
    }
  }

  add(item: Item): void {
    this.#queue = add(this.#queue, item);
    void this.#save();
    this.#schedule();
  }

  /** Begins to send, or goes on as if nothing had failed so far. */
  start(): void {
    this.#open = true;
    this.hurry();
  }

  /** Sends no more and breaks off what is under way; what waits stays on the disk. */
  stop(reason: string): void {
    this.#open = false;
    this.#cancelAlarm();
    this.#attempt?.abort(new Error(reason));
  }

  /** Stops for good, and forgets what waits, also on the disk. */
  discard(reason: string): void {
    this.#discarded = true;
    this.#queue = EMPTY;
    this.stop(reason);
    void this.#save();
  }

  /** Forgets the failures: from now on it may work. */
  hurry(): void {
    this.#failures = 0;
    this.#due = this.#parts.clock.now();
    this.#schedule();
  }

  #schedule(): void {
    this.#cancelAlarm();
    if (!this.#open || this.#attempt !== undefined || count(this.#queue) === 0) return;
    this.#cancelAlarm = this.#parts.clock.at(this.#due, () => void this.#send());
  }

  async #send(): Promise<void> {
    const { clock, words, limit, most } = this.#parts;
    const begun = begin(this.#queue, randomUUID(), most);
    if (begun === undefined) return;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const patience = limit();
    const cancelLimit = clock.at(clock.now() + patience, () =>
      attempt.abort(new Error(`${words.peer} took longer than ${patience / 1000} s`)),
    );
    // Counted before it has failed, so that a new way out that opens meanwhile can forgive it.
    this.#failures += 1;
    // Written before it goes out: if the daemon dies now, the next one knows that the batch may have arrived.
    this.#queue = begun.queue;
    await this.#save();
    const answer = await this.#parts.send(begun.batch, attempt.signal);
    cancelLimit();
    this.#attempt = undefined;
    if (answer.outcome === 'taken') this.#failures = 0;
    else this.#excuse(answer.outcome, answer.reason);
    this.#due = clock.now() + pause(this.#failures);
    this.#queue = end(this.#queue, answer.outcome);
    await this.#save();
    this.#schedule();
  }

  #excuse(outcome: Outcome, reason: string): void {
    const { title, item } = this.#parts.words;
    const next = pause(this.#failures) / 1000;
    const kept = count(this.#queue);
    this.#report(
      'warning',
      `${title} ${outcome === 'unknown' ? 'may not have arrived' : 'could not be sent'}: ${reason}; ` +
        `${kept} ${item}${kept === 1 ? '' : 's'} kept, next attempt ${next === 0 ? 'at once' : `in ${next} s`}`,
    );
  }

  /** Never rejects: without a disk the queue lives in memory. */
  async #save(): Promise<void> {
    const { spool, words } = this.#parts;
    try {
      await (this.#discarded ? spool.remove() : spool.save(this.#queue));
      this.#spoolFault = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#spoolFault)
        this.#report(
          'error',
          `${words.title} queue ${spool.path} cannot be written and is kept in memory: ${message}`,
        );
      this.#spoolFault = message;
    }
  }

  #report(severity: Severity, text: string): void {
    this.#parts.report({ severity, text });
  }
}

/** Whether an uplink has come up, or begun to carry connections: what could not be sent before may get out now. */
export function opensWay(event: MonitorEvent): boolean {
  return (
    event.kind === 'changed' &&
    event.uplinks.some(({ was, is }) => (is.up && !was.up) || (is.routing && !was.routing))
  );
}
