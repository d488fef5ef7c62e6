import type { Family } from '../network/address.ts';
import type { Verdict } from '../probe/detector.ts';
import type { Probe } from '../probe/observer.ts';
import type { Cause, Outcome } from '../reconcile/reconciler.ts';
import type { FlushCause } from '../uplink/flush.ts';
import type { Override } from '../uplink/override.ts';

/** An uplink as programs and people name it: the line of one family; no two have the same interface and family. */
export interface UplinkName {
  readonly interface: string;
  readonly family: Family;
  /** Of the line that an uplink has for IPv6: "Fibre IPv6". */
  readonly description: string;
}

/** What of an uplink an administrator is told, whenever any of it changes for any uplink. */
export interface UplinkSummary extends UplinkName {
  readonly ip?: string;
  readonly gateway?: string;
  readonly up: boolean;
  /** It carries new connections. */
  readonly routing: boolean;
  /** What an administrator has said of it. */
  readonly override?: Override['kind'];
}

/** Where the new connections of one family go that a policy fits. */
export interface PolicySummary {
  readonly policy: string;
  readonly family: Family;
  /** The lines that carry them, with the part of each, 0 to 1. */
  readonly carriers: readonly (UplinkName & { readonly share: number })[];
  /** These stand in, since none of its own uplinks can. */
  readonly replaced: boolean;
  /** What becomes of them while nobody carries them; "any": what becomes of all others. */
  readonly otherwise: 'main' | 'any' | 'unreachable' | 'blackhole';
}

/** Everything that happens in the monitor and that somebody may want to know. */
export type MonitorEvent =
  | { readonly kind: 'started'; readonly routing: readonly UplinkName[] }
  | { readonly kind: 'probed'; readonly uplink: UplinkName; readonly probe: Probe }
  | { readonly kind: 'checked'; readonly uplink: UplinkName; readonly verdict: Verdict }
  | { readonly kind: 'moved'; readonly uplink: UplinkName; readonly up: boolean; readonly reason: string }
  /** An administrator has said otherwise of an uplink, or the time of what was said is over. */
  | {
      readonly kind: 'overridden';
      readonly uplink: UplinkName;
      readonly was: Override | undefined;
      readonly is: Override | undefined;
      /** How long it will last, ms. */
      readonly left: number | undefined;
    }
  | { readonly kind: 'overrides-failed'; readonly error: Error }
  /** The connections of an uplink were forgotten, so that they begin anew elsewhere. */
  | { readonly kind: 'flushed'; readonly uplink: UplinkName; readonly cause: FlushCause }
  | { readonly kind: 'flush-failed'; readonly uplink: UplinkName; readonly error: Error }
  /** Targets that answer on no uplink any more, and those that answer on some again. */
  | { readonly kind: 'targets'; readonly dead: readonly string[]; readonly alive: readonly string[] }
  /** A line for each uplink: as it was, as it is. */
  | {
      readonly kind: 'changed';
      readonly uplinks: readonly { readonly was: UplinkSummary; readonly is: UplinkSummary }[];
    }
  /** A policy leads over other lines than before. */
  | { readonly kind: 'steered'; readonly was: PolicySummary; readonly is: PolicySummary }
  | { readonly kind: 'reconciled'; readonly outcomes: readonly Outcome[]; readonly cause: Cause }
  | { readonly kind: 'unreadable'; readonly error: Error }
  /** The managed table, from what stood to what is wanted, as nft lists it; undefined: none. */
  | {
      readonly kind: 'table-changed';
      readonly from: string | undefined;
      readonly to: string | undefined;
      readonly cause: Cause;
    }
  | { readonly kind: 'table-failed'; readonly error: Error }
  | { readonly kind: 'stalled'; readonly uplink: UplinkName; readonly lateness: number }
  | { readonly kind: 'overrun' };

export type MonitorListener = (event: MonitorEvent) => void;
