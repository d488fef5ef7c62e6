import type { Monitor } from '../monitor/monitor.ts';
import type { Summary } from '../probe/window.ts';
import { type Override, overriddenReason, timeLeft } from '../uplink/override.ts';

/** Slices into which the last minute is cut for people to look at. */
const SLICES = 20;

/** An uplink as it stands, for programs and for people; times in ms. */
export interface UplinkStatus {
  readonly interface: string;
  readonly description: string;
  /** What its tests say. */
  readonly state: 'up' | 'down';
  /** What an administrator has said instead; `left` is how long it lasts, null: without end. */
  readonly override: { readonly kind: Override['kind']; readonly left: number | null } | null;
  readonly role: 'routing' | 'standby';
  /** Part of the new connections that it gets, 0 to 1. */
  readonly share: number;
  readonly reason: string;
  /** How long it has been in this state. */
  readonly age: number;
  readonly ip: string | null;
  readonly gateway: string | null;
  readonly priority_group: number | null;
  readonly weight: number;
  /** The last minute. */
  readonly probes: Summary;
  /** The last minute in slices, the oldest first. */
  readonly history: readonly Summary[];
}

export interface Status {
  readonly version: 1;
  readonly uplinks: readonly UplinkStatus[];
}

/** The monitor's status at `now`. */
export function status(monitor: Monitor, now: number): Status {
  const uplinks = monitor.uplinks();
  const total = uplinks.reduce((sum, { member, routing }) => sum + (routing ? member.settings.weight : 0), 0);
  return {
    version: 1,
    uplinks: uplinks.map(({ member: { settings, state, window }, routing, override }) => ({
      interface: settings.interface,
      description: settings.description,
      state: state.up ? 'up' : 'down',
      override:
        override === undefined ? null : { kind: override.kind, left: timeLeft(override, now) ?? null },
      role: routing ? 'routing' : 'standby',
      share: routing ? settings.weight / total : 0,
      reason: overriddenReason(override, state, now),
      age: now - state.since,
      ip: state.attachment.ip ?? null,
      gateway: state.attachment.gateway ?? null,
      priority_group: settings.priority_group ?? null,
      weight: settings.weight,
      probes: window.summary(now),
      history: window.slices(now, SLICES),
    })),
  };
}
