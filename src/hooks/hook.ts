import type { Clock } from '../clock.ts';
import type { Configuration } from '../config/schema.ts';
import type { Line } from '../observe/line.ts';
import type { Payload } from './payload.ts';

/** A hook's section of the configuration. */
export type HookSettings = NonNullable<Configuration['hooks']>[number];
export type CommandSettings = HookSettings & { readonly command: readonly string[] };
export type WebhookSettings = HookSettings & { readonly url: string };

/** What hooks work with. */
export interface HookParts {
  readonly clock: Clock;
  readonly report: (line: Line) => void;
}

/** Somebody who is told events. */
export interface Hook {
  /** In force for what is told from now on. */
  settings: HookSettings;
  take(payload: Payload): void;
  /** There may be a way to the internet again. */
  hurry?(): void;
  /** The daemon stops. */
  close(): void;
  /** There shall be no such hook any more; where this is absent, to close it is enough. */
  discard?(): void;
}
