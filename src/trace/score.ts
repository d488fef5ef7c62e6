import type { UplinkSettings } from '../monitor/settings.ts';
import type { Limits } from '../probe/delay.ts';
import type { Course } from './course.ts';
import type { Quality, Stretch } from './quality.ts';
import type { Transition } from './replay.ts';

/** Who comes back so soon, ms, need not have gone. */
const SOON = 60_000;

/** What was good and bad about the decisions on a line; times in ms. */
export interface Score {
  /** How often it went down or up. */
  readonly moves: number;
  /** How often it went down for nothing: it neither was out nor lost too much, or came back within a minute. */
  readonly needless: number;
  /** How long it carried new connections while it was out. */
  readonly served: number;
  /** From the beginning of each outage until it was left. */
  readonly leaving: readonly number[];
  /** From the end of each outage until it was come back to. */
  readonly returning: readonly number[];
}

export const NOTHING: Score = { moves: 0, needless: 0, served: 0, leaving: [], returning: [] };

/** Scores of several runs, or lines, as one. */
export function sum(a: Score, b: Score): Score {
  return {
    moves: a.moves + b.moves,
    needless: a.needless + b.needless,
    served: a.served + b.served,
    leaving: [...a.leaving, ...b.leaving],
    returning: [...a.returning, ...b.returning],
  };
}

/**
 * Judges what a course says of a line by how the line was. `limits`: what it may lose, as recorded, so that
 * all courses are judged alike. Pure.
 */
export function score(
  { name, interface: device, family }: UplinkSettings,
  course: Course,
  quality: Quality,
  limits: Limits,
): Score {
  const transitions = course.transitions.filter(
    ({ uplink }) => uplink.interface === device && uplink.family === family,
  );
  const carried = course.carried(name);
  const { outages } = quality;
  return {
    moves: transitions.length,
    needless: transitions.filter((_, index) => isNeedless(transitions, index, quality, limits)).length,
    served: outages
      .flatMap((outage) => carried.map((stretch) => overlap(outage, stretch)))
      .reduce((a, b) => a + b, 0),
    leaving: outages.flatMap(({ from, to }) => {
      const left = transitions.find(({ now, up }) => !up && now >= from && now <= to);
      return left === undefined || !isUp(transitions, from) ? [] : left.now - from;
    }),
    returning: outages.flatMap(({ to }, index) => {
      const next = outages[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      const back = transitions.find(({ now, up }) => up && now >= to && now < next);
      return back === undefined || isUp(transitions, to) ? [] : back.now - to;
    }),
  };
}

function isNeedless(
  transitions: readonly Transition[],
  index: number,
  quality: Quality,
  { loss, rtt, jitter }: Limits,
): boolean {
  const { now, up, unlinked } = transitions[index]!;
  if (up || unlinked) return false;
  const around = { from: now - SOON / 2, to: now + SOON / 2 };
  if (quality.outages.some((outage) => overlap(outage, around) > 0)) return false;
  const back = transitions[index + 1];
  if (back !== undefined && back.now - now < SOON) return true;
  // A line that is left because it is slow need not lose anything.
  return rtt === undefined && jitter === undefined && quality.loss(around.from, around.to) <= loss;
}

function isUp(transitions: readonly Transition[], time: number): boolean {
  return transitions.findLast(({ now }) => now < time)?.up ?? true;
}

function overlap(a: Stretch, b: Stretch): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}
