import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Configuration } from '../config/schema.ts';
import type { MonitorEvent } from '../monitor/event.ts';
import type { Line, Severity } from '../observe/line.ts';
import { type Account, account } from './account.ts';
import { type Change, compose, notice } from './message.ts';
import {
  add,
  begin,
  count,
  EMPTY,
  end,
  type Letter,
  type Outcome,
  pause,
  type Queue,
  resume,
} from './queue.ts';
import { type Deliver, DeliveryError } from './smtp.ts';
import type { Spool } from './spool.ts';

/**
 * A conversation with a mail server is broken off after so long, ms. RFC 5321, 4.5.3.2, has more patience; but
 * here the line may be dead, and news waits behind it.
 */
export const CONVERSATION = 120_000;

/** What the mailer works with. */
export interface MailerParts {
  readonly clock: Clock;
  readonly spool: Spool;
  readonly deliver: Deliver;
  readonly report: (line: Line) => void;
}

/**
 * Mails every change of the uplinks. It tries at once, whatever the uplinks' states, since the mail server may
 * stand in the LAN or be this machine; then again after growing pauses, and at once when there is a new way out.
 * Whoever tells it an event never waits.
 */
export class Mailer {
  readonly #parts: MailerParts;
  #account: Account | undefined;
  #queue: Queue = EMPTY;
  #failures = 0;
  /** When the next attempt may begin, on the clock. */
  #due = Number.NEGATIVE_INFINITY;
  /** Breaks off the attempt that is under way. */
  #attempt: AbortController | undefined;
  #cancelAlarm = () => {};
  /** Why the queue could not be written the last time. */
  #spoolFault: string | undefined;

  constructor(email: Configuration['email'], parts: MailerParts) {
    this.#parts = parts;
    this.#account = subscription(email);
    try {
      this.#queue = resume(parts.spool.load());
    } catch (error) {
      this.#report(
        'error',
        `Mail queue ${parts.spool.path} cannot be read and begins anew: ${(error as Error).message}`,
      );
    }
    this.#schedule();
  }

  observe(event: MonitorEvent): void {
    if (this.#account === undefined || event.kind !== 'changed') return;
    this.#queue = add(this.#queue, notice(event, Date.now()));
    if (opensWay(event)) this.#hurry();
    void this.#save();
    this.#schedule();
  }

  /** Puts other settings in force; what waits is tried at once with them. */
  reload(email: Configuration['email']): void {
    const next = subscription(email);
    if (isDeepStrictEqual(next, this.#account)) return;
    this.#account = next;
    this.#attempt?.abort(new Error('other settings are in force'));
    this.#hurry();
    this.#schedule();
  }

  /** Sends no more; what waits stays on the disk. */
  close(): void {
    this.#account = undefined;
    this.#cancelAlarm();
    this.#attempt?.abort(new Error('the daemon stops'));
  }

  /** Forgets the failures: from now on it may work. */
  #hurry(): void {
    this.#failures = 0;
    this.#due = this.#parts.clock.now();
  }

  #schedule(): void {
    this.#cancelAlarm();
    const account = this.#account;
    if (account === undefined || this.#attempt !== undefined || count(this.#queue) === 0) return;
    this.#cancelAlarm = this.#parts.clock.at(this.#due, () => void this.#send(account));
  }

  async #send(account: Account): Promise<void> {
    const begun = begin(this.#queue, randomUUID());
    if (begun === undefined) return;
    const { clock } = this.#parts;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const cancelLimit = clock.at(clock.now() + CONVERSATION, () =>
      attempt.abort(new Error(`the mail server took longer than ${CONVERSATION / 1000} s`)),
    );
    // Counted before it has failed, so that a new way out that opens meanwhile can forgive it.
    this.#failures += 1;
    // Written before it goes out: if the daemon dies now, the next one knows that the letter may have arrived.
    this.#queue = begun.queue;
    await this.#save();
    const outcome = await this.#deliver(begun.letter, account, attempt.signal);
    cancelLimit();
    this.#attempt = undefined;
    if (outcome === 'taken') this.#failures = 0;
    this.#due = clock.now() + pause(this.#failures);
    this.#queue = end(this.#queue, outcome);
    await this.#save();
    this.#schedule();
  }

  async #deliver(letter: Letter, account: Account, signal: AbortSignal): Promise<Outcome> {
    try {
      const message = compose(letter, account, Date.now());
      const refusals = await this.#parts.deliver(message, account.server, signal);
      this.#report('info', `Mail sent: ${notices(letter.notices.length)}`);
      for (const { recipient, reason } of refusals)
        this.#report('warning', `Mail not taken for ${recipient}: ${reason}`);
      return 'taken';
    } catch (error) {
      const uncertain = error instanceof DeliveryError && error.uncertain;
      const next = pause(this.#failures) / 1000;
      this.#report(
        'warning',
        `Mail ${uncertain ? 'may not have arrived' : 'could not be sent'}: ${(error as Error).message}; ` +
          `${notices(count(this.#queue))} kept, next attempt ${next === 0 ? 'at once' : `in ${next} s`}`,
      );
      return uncertain ? 'unknown' : 'not taken';
    }
  }

  /** Never rejects: without a disk the queue lives in memory. */
  async #save(): Promise<void> {
    const { spool } = this.#parts;
    try {
      await spool.save(this.#queue);
      this.#spoolFault = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#spoolFault)
        this.#report('error', `Mail queue ${spool.path} cannot be written and is kept in memory: ${message}`);
      this.#spoolFault = message;
    }
  }

  #report(severity: Severity, text: string): void {
    this.#parts.report({ severity, text });
  }
}

/** The account, if mail is wanted at all. */
function subscription(email: Configuration['email']): Account | undefined {
  return email?.send === true ? account(email) : undefined;
}

/** Whether an uplink has come up, or begun to carry connections. */
function opensWay({ uplinks }: Change): boolean {
  return uplinks.some(({ was, is }) => (is.up && !was.up) || (is.routing && !was.routing));
}

function notices(number: number): string {
  return number === 1 ? '1 notice' : `${number} notices`;
}
