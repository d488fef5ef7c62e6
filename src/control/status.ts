import type { PolicySummary, UplinkName } from '../monitor/event.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Testimony } from '../probe/testimony.ts';
import type { Summary } from '../probe/window.ts';
import type { Route } from './route.ts';
import { type Override, overriddenReason, timeLeft } from '../uplink/override.ts';

/** Slices into which the last minute is cut for people to look at. */
const SLICES = 20;

/** A target as a line knows it; `probes` are those of the last minute. */
export interface TargetStatus extends Testimony {
  readonly probes: Summary;
}

/** The line of an uplink as it stands, for programs and for people; times in ms. */
export interface UplinkStatus extends UplinkName {
  /** What its tests say. */
  readonly state: 'up' | 'down';
  /** What an administrator has said instead; `left` is how long it lasts, null: without end. */
  readonly override: { readonly kind: Override['kind']; readonly left: number | null } | null;
  readonly role: 'routing' | 'standby';
  /** Part of the new connections of its family that it gets, 0 to 1. */
  readonly share: number;
  readonly reason: string;
  /** How long it has been in this state. */
  readonly age: number;
  readonly ip: string | null;
  readonly gateway: string | null;
  readonly priority_group: number | null;
  readonly weight: number;
  /** Each target as this uplink knows it; none while the uplink cannot be tested. */
  readonly targets: readonly TargetStatus[];
  /** The last minute. */
  readonly probes: Summary;
  /** The last minute in slices, the oldest first. */
  readonly history: readonly Summary[];
}

export interface Status {
  readonly version: 1;
  /** The configuration in force: since when, as ISO 8601. */
  readonly configuration: { readonly since: string };
  /** Whether the rules, routes and settings are as they shall be; what is not, in words. */
  readonly kernel: { readonly as_planned: boolean; readonly faults: readonly string[] };
  readonly uplinks: readonly UplinkStatus[];
  /** In the order in which they are tried. */
  readonly policies: readonly PolicySummary[];
}

/** `GET /v1/status`: Status, by the monitor's clock; `since` is when the configuration was put in force. */
export function statusRoute(monitor: Monitor, now: () => number, since: () => Date): Route {
  return { method: 'GET', path: '/v1/status', handle: () => status(monitor, now(), since()) };
}

/** The monitor's status at `now`, with a configuration that has been in force since a moment of the wall clock. */
function status(monitor: Monitor, now: number, since: Date): Status {
  const faults = monitor.kernelFaults;
  return {
    version: 1,
    configuration: { since: since.toISOString() },
    kernel: { as_planned: faults.length === 0, faults },
    uplinks: uplinkStatuses(monitor, now),
    policies: monitor.steering,
  };
}

/** The uplinks at `now`, in the order of the configuration. */
export function uplinkStatuses(monitor: Monitor, now: number): UplinkStatus[] {
  const uplinks = monitor.uplinks();
  const total = { 4: 0, 6: 0 };
  for (const { member, routing } of uplinks)
    if (routing) total[member.settings.family] += member.settings.weight;
  return uplinks.map(({ member: { settings, state, testimonies, window }, routing, override }) => ({
    interface: settings.interface,
    family: settings.family,
    description: settings.description,
    state: state.up ? 'up' : 'down',
    override: override === undefined ? null : { kind: override.kind, left: timeLeft(override, now) ?? null },
    role: routing ? 'routing' : 'standby',
    share: routing ? settings.weight / total[settings.family] : 0,
    reason: overriddenReason(override, state, now),
    age: now - state.since,
    ip: state.attachment.ip ?? null,
    gateway: state.attachment.gateway ?? null,
    priority_group: settings.priority_group ?? null,
    weight: settings.weight,
    targets: testimonies.map((one) => ({ ...one, probes: window.summary(now, one.target) })),
    probes: window.summary(now),
    history: window.slices(now, SLICES),
  }));
}
