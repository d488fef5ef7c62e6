import type { Attachment } from './attachment.ts';
import { formatDuration } from '../duration.ts';
import type { Candidate } from './selection.ts';
import type { UplinkState } from './state.ts';

/**
 * What an administrator has said of an uplink, whatever its tests say. They go on beside it. There is none where the
 * tests decide.
 */
export type Override =
  /** It takes new connections as if its tests passed. */
  | { readonly kind: 'up' }
  /** It takes no new connections, not even where nothing else works. */
  | { readonly kind: 'down' }
  /** It takes no new connections as long as another uplink works; until then, ms, or until it is called off. */
  | { readonly kind: 'drained'; readonly until?: number };

/** The candidate as the selection shall see it. */
export function overridden(
  candidate: Candidate,
  override: Override | undefined,
  { fault }: Attachment,
): Candidate {
  switch (override?.kind) {
    case undefined:
      return candidate;
    case 'up':
      // Nobody can order a packet over a line that is not there.
      return { ...candidate, up: fault === undefined };
    case 'down':
      return { ...candidate, use: 'never' };
    case 'drained':
      return { ...candidate, use: 'last' };
  }
}

/** An uplink in this state as the selection shall see it; `own`: what its settings say. */
export function candidacy(
  own: Omit<Candidate, 'up'>,
  { up, held, attachment }: UplinkState,
  override: Override | undefined,
): Candidate {
  // Who has to prove himself first is better than nobody.
  return overridden({ ...own, up: up || held, ...(held && { use: 'last' }) }, override, attachment);
}

/** Packets pass, as far as is known, and nobody has forced it down. */
export function isUsable({ up, held, attachment }: UplinkState, override: Override | undefined): boolean {
  if (override?.kind === 'up') return attachment.fault === undefined;
  return override?.kind !== 'down' && (up || held);
}

/** "last": only where nothing better is left. */
export type Fitness = 'good' | 'last';

/**
 * Whether an uplink may carry what is given to it by name, not by its group; undefined: it may not. Who drains it does
 * not want that either.
 */
export function fitness({ up, use }: Candidate, override: Override | undefined): Fitness | undefined {
  if (!up || use === 'never' || override?.kind === 'drained') return undefined;
  return use ?? 'good';
}

/** How long it lasts, in ms; 0 when it is over, undefined when it has no end. */
export function timeLeft(override: Override, now: number): number | undefined {
  if (override.kind !== 'drained' || override.until === undefined) return undefined;
  return Math.max(0, override.until - now);
}

/** A time in ms in words; what has just begun to last 10 minutes lasts "10m 0s". */
export function formatTimeLeft(left: number): string {
  return formatDuration(1000 * Math.ceil(left / 1000));
}

/** In words, as a state: "forced up". */
export function formatOverride({ kind }: Pick<Override, 'kind'>): string {
  return kind === 'drained' ? 'drained' : `forced ${kind}`;
}

/** Why an uplink is used as it is: who said so, for how much longer, and what its tests say. */
export function overriddenReason(
  override: Override | undefined,
  { reason, attachment }: Pick<UplinkState, 'reason' | 'attachment'>,
  now: number,
): string {
  if (override === undefined) return reason;
  const left = timeLeft(override, now);
  const end = left === undefined ? '' : `, ${formatTimeLeft(left)} left`;
  const order = `${formatOverride(override)} by the administrator${end}`;
  return override.kind === 'up' && attachment.fault !== undefined
    ? `${order}, to no effect: ${attachment.fault}`
    : `${order}; the tests say: ${reason}`;
}
