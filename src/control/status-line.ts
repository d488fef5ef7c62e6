import type { UplinkStatus } from './status.ts';

/** Who routes, in one line: "2 of 3 uplinks work; Fibre 75 %, Cable 25 %". Pure. */
export function statusLine(uplinks: readonly UplinkStatus[]): string {
  const working = uplinks.filter(({ state }) => state === 'up').length;
  const shares = uplinks
    .filter(({ role }) => role === 'routing')
    .map(({ description, share }) => `${description} ${Math.round(100 * share)} %`);
  const count =
    working === 0
      ? 'No uplink works'
      : `${working} of ${uplinks.length} uplinks ${working === 1 ? 'works' : 'work'}`;
  return `${count}; ${shares.join(', ') || 'none routes'}`;
}
