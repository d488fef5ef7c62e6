import { isDeepStrictEqual } from 'node:util';
import type { MonitorEvent, UplinkSummary } from './event.ts';
import { lineName } from './line-name.ts';

/** An uplink as it stands, and why. */
export interface Standing {
  readonly is: UplinkSummary;
  readonly reason: string;
}

/**
 * What is new since `before`, by name: why uplinks went up or down, and then a summary of all of them.
 * An uplink that was not there before is as it was. Pure.
 */
export function newsSince(
  before: ReadonlyMap<string, UplinkSummary>,
  now: readonly Standing[],
): MonitorEvent[] {
  const moved = now
    .filter(({ is }) => before.get(lineName(is))?.up !== is.up)
    .map(({ is, reason }): MonitorEvent => {
      const { interface: name, family, description, up } = is;
      return { kind: 'moved', uplink: { interface: name, family, description }, up, reason };
    });
  if (isDeepStrictEqual(before, told(now))) return moved;
  const uplinks = now.map(({ is }) => ({ was: before.get(lineName(is)) ?? is, is }));
  return [...moved, { kind: 'changed', uplinks }];
}

/** What has been told, once this is. */
export function told(now: readonly Standing[]): ReadonlyMap<string, UplinkSummary> {
  return new Map(now.map(({ is }) => [lineName(is), is]));
}
