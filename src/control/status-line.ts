import { localTime } from '../observe/local-time.ts';
import type { Status, UplinkStatus } from './status.ts';

/** Who routes, in one line: "2 of 3 uplinks work; Fibre 75 %, Cable 25 %". Pure. */
export function statusLine(uplinks: readonly UplinkStatus[]): string {
  const shares = carriersOf(uplinks).map(
    ({ description, share }) => `${description} ${Math.round(100 * share)} %`,
  );
  return `${countOf(uplinks)}; ${shares.join(', ') || 'none routes'}`;
}

/** What the uplinks are to new connections: "2 of 3 uplinks work; group 1 carries new connections." Pure. */
export function statusSentence({ uplinks }: Pick<Status, 'uplinks'>): string {
  const count = countOf(uplinks);
  const carriers = carriersOf(uplinks);
  if (carriers.length === 0) return `${count}; none carries new connections.`;
  const able = carriers.find(({ state, override }) => state === 'up' || override?.kind === 'up');
  return able === undefined
    ? `${count}; the last routes stay.`
    : `${count}; group ${able.priority_group} carries new connections.`;
}

/** What is in force: "Configuration of 2026-11-23 09:14:02, kernel as planned.", in local time. Pure. */
export function inForceSentence({ configuration, kernel }: Pick<Status, 'configuration' | 'kernel'>): string {
  const since = localTime(new Date(configuration.since)).slice(0, 19).replace('T', ' ');
  return `Configuration of ${since}, kernel ${kernel.as_planned ? '' : 'not '}as planned.`;
}

function countOf(uplinks: readonly UplinkStatus[]): string {
  const working = uplinks.filter(({ state }) => state === 'up').length;
  return working === 0
    ? 'No uplink works'
    : `${working} of ${uplinks.length} uplinks ${working === 1 ? 'works' : 'work'}`;
}

function carriersOf(uplinks: readonly UplinkStatus[]): UplinkStatus[] {
  return uplinks.filter(({ role }) => role === 'routing');
}
