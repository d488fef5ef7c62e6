import type { Seen } from '../src/control/table.ts';
import { countByWay, type Exchange, isLost } from '../test/support/exchange.ts';

/** Shares are those of the last so many ms. */
const LATELY = 5000;

/** New connections, and how many of them were lost: without an answer within a second. */
export interface Count {
  readonly all: number;
  readonly lost: number;
}

/** Of the exchanges that began at `from` or later and before `to`, CLOCK_MONOTONIC ms. */
export function count(exchanges: readonly Exchange[], from = 0, to = Infinity): Count {
  const some = exchanges.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  return { all: some.length, lost: some.filter(isLost).length };
}

/**
 * True when the outcome of every exchange that began before `time` is known. They are numbered from 0 without a gap, so the number of the
 * first one after it tells how many there were.
 */
export function settled(exchanges: readonly Exchange[], time: number): boolean {
  const later = exchanges.filter(({ startedAt }) => startedAt >= time).map(({ sequence }) => sequence);
  return exchanges.length - later.length === Math.min(...later);
}

/** The part of each interface in the answered connections of the last seconds; `owners`: the interfaces by source address. */
export function shares(
  exchanges: readonly Exchange[],
  owners: ReadonlyMap<string, string>,
  now: number,
): Seen {
  const lately = exchanges.filter((exchange) => exchange.startedAt >= now - LATELY && !isLost(exchange));
  const ways = [...countByWay(lately)];
  return new Map(ways.map(([address, number]) => [owners.get(address) ?? address, number / lately.length]));
}

/** The exchanges of each of the last seconds, the oldest first; `seconds` of them at most, and none that has not begun to be known. */
export function bySecond(exchanges: readonly Exchange[], now: number, seconds: number): Count[] {
  const second = Math.floor(now / 1000);
  return Array.from({ length: seconds }, (_, index) => (second - seconds + 1 + index) * 1000)
    .map((start) => count(exchanges, start, start + 1000))
    .filter(({ all }) => all > 0);
}
