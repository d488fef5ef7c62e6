import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Configuration } from '../config/schema.ts';
import { type Answer, opensWay, Outbox } from '../delivery/outbox.ts';
import { CAPACITY } from '../delivery/queue.ts';
import { Spool } from '../delivery/spool.ts';
import type { MonitorEvent } from '../monitor/event.ts';
import type { Line } from '../observe/line.ts';
import { type Account, account } from './account.ts';
import { compose, type Letter, type Notice, notice } from './message.ts';
import { type Deliver, DeliveryError } from './smtp.ts';

/**
 * A conversation with a mail server is broken off after so long, ms. RFC 5321, 4.5.3.2, has more patience; but
 * here the line may be dead, and news waits behind it.
 */
export const CONVERSATION = 120_000;

/** What the mailer works with. */
export interface MailerParts {
  readonly clock: Clock;
  readonly spool: Spool<Notice>;
  readonly deliver: Deliver;
  readonly report: (line: Line) => void;
}

const noticeSchema = z.object({ time: z.number(), lines: z.array(z.string()) });

/** Notices that wait to be mailed, on the disk in the state directory. */
export function mailSpool(directory: string): Spool<Notice> {
  return new Spool(join(directory, 'mail-queue.json'), noticeSchema);
}

/** Mails every change of the uplinks; whatever waits goes into one letter. Whoever tells it an event never waits. */
export class Mailer {
  readonly #parts: MailerParts;
  readonly #outbox: Outbox<Notice>;
  #account: Account | undefined;

  constructor(email: Configuration['email'], parts: MailerParts) {
    this.#parts = parts;
    this.#outbox = new Outbox({
      ...parts,
      words: { title: 'Mail', item: 'notice', peer: 'the mail server' },
      most: CAPACITY,
      limit: () => CONVERSATION,
      send: (letter, signal) => this.#send(letter, signal),
    });
    this.reload(email);
  }

  observe(event: MonitorEvent): void {
    if (this.#account === undefined || event.kind !== 'changed') return;
    this.#outbox.add(notice(event, Date.now()));
    if (opensWay(event)) this.#outbox.hurry();
  }

  /** Puts other settings in force; what waits is tried at once with them. */
  reload(email: Configuration['email']): void {
    const next = subscription(email);
    if (isDeepStrictEqual(next, this.#account)) return;
    this.#account = next;
    this.#outbox.stop('other settings are in force');
    if (next !== undefined) this.#outbox.start();
  }

  /** Sends no more; what waits stays on the disk. */
  close(): void {
    this.#account = undefined;
    this.#outbox.stop('the daemon stops');
  }

  async #send(letter: Letter, signal: AbortSignal): Promise<Answer> {
    // Settings without mail came while the letter was on its way to the disk.
    if (this.#account === undefined) return { outcome: 'not taken', reason: 'no mail is wanted' };
    const { report, deliver } = this.#parts;
    try {
      const message = compose(letter, this.#account, Date.now());
      const refusals = await deliver(message, this.#account.server, signal);
      const number = letter.items.length;
      report({ severity: 'info', text: `Mail sent: ${number === 1 ? '1 notice' : `${number} notices`}` });
      for (const { recipient, reason } of refusals)
        report({ severity: 'warning', text: `Mail not taken for ${recipient}: ${reason}` });
      return { outcome: 'taken' };
    } catch (error) {
      const uncertain = error instanceof DeliveryError && error.uncertain;
      return { outcome: uncertain ? 'unknown' : 'not taken', reason: (error as Error).message };
    }
  }
}

/** The account, if mail is wanted at all. */
function subscription(email: Configuration['email']): Account | undefined {
  return email?.send === true ? account(email) : undefined;
}
