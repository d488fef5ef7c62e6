import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../config/schema.ts';
import { opensWay } from '../delivery/outbox.ts';
import type { MonitorEvent } from '../monitor/event.ts';
import type { Standing } from '../monitor/news.ts';
import { CommandHook } from './command-hook.ts';
import type { CommandSettings, Hook, HookSettings, WebhookSettings } from './hook.ts';
import { payloads } from './payload.ts';
import { isSpoolName, spoolName, Webhook, type WebhookParts } from './webhook.ts';

/** What the hooks of a daemon work with. */
export interface HooksParts extends WebhookParts {
  /** The uplinks as they stand. */
  readonly standings: () => readonly Standing[];
}

/** Tells programs and web servers what happens, each what it has asked for. Whoever tells an event never waits. */
export class Hooks {
  readonly #parts: HooksParts;
  #hooks: readonly Hook[] = [];

  constructor(settings: Configuration['hooks'], parts: HooksParts) {
    this.#parts = parts;
    this.reload(settings);
    void this.#tidy();
  }

  observe(event: MonitorEvent): void {
    // These are too many to be told to anybody.
    if (this.#hooks.length === 0 || event.kind === 'probed' || event.kind === 'checked') return;
    const told = payloads(event, this.#parts.standings(), new Date(), randomUUID);
    for (const hook of this.#hooks) {
      for (const payload of told)
        if (hook.settings.on.some((name) => name === payload.event)) hook.take(payload);
      if (opensWay(event)) hook.hurry?.();
    }
  }

  /** Puts other settings in force. A hook with the same program or URL goes on, others end at once. */
  reload(settings: Configuration['hooks'] = []): void {
    const before = [...this.#hooks];
    this.#hooks = settings.map((next) => {
      const known = before.findIndex((hook) => isSame(hook.settings, next));
      const [hook = this.#make(next)] = known < 0 ? [] : before.splice(known, 1);
      hook.settings = next;
      return hook;
    });
    for (const hook of before) {
      if (hook.discard === undefined) hook.close();
      else hook.discard();
    }
  }

  /** Ends every program; what waits for a web server stays on the disk. */
  close(): void {
    for (const hook of this.#hooks) hook.close();
    this.#hooks = [];
  }

  #make(settings: HookSettings): Hook {
    return settings.url === undefined
      ? new CommandHook(settings as CommandSettings, this.#parts)
      : new Webhook(settings as WebhookSettings, this.#parts);
  }

  /** Removes what waits for web servers that are told nothing any more. */
  async #tidy(): Promise<void> {
    const { directory } = this.#parts;
    const names = await readdir(directory).catch((): string[] => []);
    const wanted = new Set(this.#hooks.flatMap(({ settings: { url } }) => (url ? spoolName(url) : [])));
    const stale = names.filter((name) => isSpoolName(name) && !wanted.has(name));
    await Promise.allSettled(stale.map((name) => rm(join(directory, name))));
  }
}

function isSame(a: HookSettings, b: HookSettings): boolean {
  return a.url === b.url && isDeepStrictEqual(a.command, b.command);
}
