import type { Monitor } from '../monitor/monitor.ts';
import type { Override } from '../uplink/override.ts';
import { type UplinkStatus, uplinkStatuses } from './status.ts';

/** How an uplink stands after an administrator has said something of it. */
export interface Overridden {
  readonly version: 1;
  readonly uplink: UplinkStatus;
}

/**
 * Lays an override on the uplink of a description or interface; undefined: its tests decide again. Throws
 * UnknownUplinkError.
 */
export function lay(monitor: Monitor, word: string, override: Override | undefined, now: number): Overridden {
  const { name } = monitor.find(word);
  monitor.override(name, override);
  const [uplink] = uplinkStatuses(monitor, now).filter((one) => one.interface === name);
  return { version: 1, uplink: uplink as UplinkStatus };
}

/** What has come of it, in sentences. Pure. */
export function overriddenText({ uplink }: Overridden): string[] {
  const { description, override, role, share, reason } = uplink;
  const judged = override === null ? `judged by its tests again: ${reason}` : reason;
  const carries =
    role === 'routing'
      ? `It carries ${Math.round(100 * share)} % of the new connections`
      : 'It carries no new connections';
  const why = role === 'routing' && override?.kind === 'drained' ? ': no other uplink works' : '';
  return [`Uplink ${description} is ${judged}.`, `${carries}${why}.`];
}
