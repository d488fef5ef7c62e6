import { basename } from 'node:path';
import type { Severity } from '../observe/line.ts';
import { type Running, start } from '../program.ts';
import { environment } from './environment.ts';
import type { CommandSettings, Hook, HookParts } from './hook.ts';
import type { Payload } from './payload.ts';
import { tellLines } from './lines.ts';

/** So many events wait while the program is busy; then the oldest give way. */
export const ROOM = 16;

/** Runs a program for each event, one after another. Whoever tells it an event never waits. */
export class CommandHook implements Hook {
  settings: CommandSettings;
  readonly #parts: HookParts;
  readonly #waiting: Payload[] = [];
  /** Events that have given way since the last one that was told. */
  #superseded = 0;
  #running: Running | undefined;
  #cancelStart = () => {};
  #closed = false;

  constructor(settings: CommandSettings, parts: HookParts) {
    this.settings = settings;
    this.#parts = parts;
  }

  take(payload: Payload): void {
    this.#waiting.push(payload);
    if (this.#waiting.length > ROOM) {
      this.#waiting.shift();
      this.#superseded += 1;
    }
    if (this.#running === undefined) this.#schedule();
  }

  /** Kills what runs, and forgets what waits. */
  close(): void {
    this.#closed = true;
    this.#cancelStart();
    this.#running?.kill();
  }

  /** In a later turn of the event loop: routing comes first. */
  #schedule(): void {
    const { clock } = this.#parts;
    this.#cancelStart();
    this.#cancelStart = clock.at(clock.now(), () => void this.#next());
  }

  async #next(): Promise<void> {
    const payload = this.#waiting.shift();
    if (payload === undefined) return;
    if (this.#superseded > 0)
      this.#report(
        'warning',
        `was busy; ${this.#superseded} events were not told: newer ones took their place`,
      );
    this.#superseded = 0;
    const { clock } = this.#parts;
    const begun = clock.now();
    const { command, timeout } = this.settings;
    this.#running = start(
      {
        command,
        environment: environment(payload),
        input: `${JSON.stringify(payload)}\n`,
        limit: timeout * 1000,
        output: (stream) => tellLines(stream, (line) => this.#report('info', line)),
      },
      clock,
    );
    const fault = await this.#running.ended;
    this.#running = undefined;
    if (this.#closed) return;
    const took = `after ${((clock.now() - begun) / 1000).toFixed(1)} s`;
    if (fault === undefined) this.#report('info', `${payload.event} done ${took}`);
    else this.#report('warning', `${payload.event} ${fault} ${took}`);
    if (this.#waiting.length > 0) this.#schedule();
  }

  #report(severity: Severity, text: string): void {
    this.#parts.report({ severity, text: `Hook ${basename(this.settings.command[0] ?? '')}: ${text}` });
  }
}
