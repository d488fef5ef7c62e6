import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Answer, Outbox } from '../delivery/outbox.ts';
import { Spool } from '../delivery/spool.ts';
import type { Hook, HookParts, WebhookSettings } from './hook.ts';
import { type Payload, payloadSchema } from './payload.ts';
import { post } from './post.ts';

/** What a webhook works with. */
export interface WebhookParts extends HookParts {
  /** Where what waits outlives the daemon. */
  readonly directory: string;
}

/** Posts each event to a URL, one after another, until the server has taken it or refused it for good. */
export class Webhook implements Hook {
  settings: WebhookSettings;
  readonly #parts: WebhookParts;
  readonly #outbox: Outbox<Payload>;

  constructor(settings: WebhookSettings, parts: WebhookParts) {
    this.settings = settings;
    this.#parts = parts;
    const { clock, report, directory } = parts;
    this.#outbox = new Outbox({
      clock,
      report,
      spool: new Spool(join(directory, spoolName(settings.url)), payloadSchema),
      words: { title: this.#title, item: 'event', peer: 'the server' },
      most: 1,
      limit: () => this.settings.timeout * 1000,
      send: ({ items, dropped }, signal) => this.#send(items[0] as Payload, dropped, signal),
    });
    this.#outbox.start();
  }

  take(payload: Payload): void {
    this.#outbox.add(payload);
  }

  hurry(): void {
    this.#outbox.hurry();
  }

  /** What waits stays on the disk. */
  close(): void {
    this.#outbox.stop('the daemon stops');
  }

  discard(): void {
    this.#outbox.discard('this webhook is no longer wanted');
  }

  /** Without the path of the URL, which may be a secret. */
  get #title(): string {
    return `Webhook ${new URL(this.settings.url).host}`;
  }

  async #send(payload: Payload, dropped: number, signal: AbortSignal): Promise<Answer> {
    const { report } = this.#parts;
    let status: number;
    try {
      status = await post(this.settings.url, payload.id, JSON.stringify(payload), signal);
    } catch (error) {
      return { outcome: 'not taken', reason: (error as Error).message };
    }
    const reason = `${payload.event} was answered with HTTP status ${status}`;
    if (!isFinal(status)) return { outcome: 'not taken', reason };
    if (dropped > 0)
      report({
        severity: 'warning',
        text: `${this.#title}: ${dropped} older events were lost: too many waited`,
      });
    if (status < 300) report({ severity: 'info', text: `${this.#title}: ${payload.event} sent` });
    else report({ severity: 'warning', text: `${this.#title}: ${reason} and is given up` });
    return { outcome: 'taken' };
  }
}

/**
 * Success, or a refusal that will not change: not "Request Timeout" (408) and "Too Many Requests" (429). A redirection
 * may come from the portal of a line that is not paid for.
 */
function isFinal(status: number): boolean {
  if (status >= 200 && status < 300) return true;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The name of the file in which the events for a URL wait; it does not tell the URL, which may be a secret. */
export function spoolName(url: string): string {
  return `webhook-${createHash('sha256').update(url).digest('hex').slice(0, 16)}.json`;
}

/** Whether a file in the directory of spools belongs to some webhook. */
export function isSpoolName(name: string): boolean {
  return /^webhook-[0-9a-f]{16}\.json$/.test(name);
}
