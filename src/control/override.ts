import { lineName } from '../monitor/line-name.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Override } from '../uplink/override.ts';
import { type UplinkStatus, uplinkStatuses } from './status.ts';

/** How the lines of an uplink stand after an administrator has said something of it. */
export interface Overridden {
  readonly version: 1;
  readonly uplinks: readonly UplinkStatus[];
}

/**
 * Lays an override on the lines that a word names (Monitor.find); undefined: their tests decide again. Throws
 * UnknownUplinkError.
 */
export function lay(monitor: Monitor, word: string, override: Override | undefined, now: number): Overridden {
  const meant = monitor.find(word).map(({ name }) => name);
  monitor.override(word, override);
  return {
    version: 1,
    uplinks: uplinkStatuses(monitor, now).filter((line) => meant.includes(lineName(line))),
  };
}

/** What has come of it, in sentences. Pure. */
export function overriddenText({ uplinks }: Overridden): string[] {
  return uplinks.flatMap(sentences);
}

function sentences({ description, override, role, share, reason }: UplinkStatus): string[] {
  const judged = override === null ? `judged by its tests again: ${reason}` : reason;
  const carries =
    role === 'routing'
      ? `It carries ${Math.round(100 * share)} % of the new connections`
      : 'It carries no new connections';
  const why = role === 'routing' && override?.kind === 'drained' ? ': no other uplink works' : '';
  return [`Uplink ${description} is ${judged}.`, `${carries}${why}.`];
}
