import type { Series } from './comparison.ts';
import type { Contender } from './contender.ts';

/** What each contender came to, run by run. */
export type Outcomes<T> = ReadonlyMap<Contender, readonly T[]>;

/** Makes so many runs, in each of them every contender that can take part, one after another. */
export async function takeTurns<T>(
  contenders: readonly Contender[],
  runs: number,
  once: (contender: Contender, run: number) => Promise<T>,
): Promise<Outcomes<T>> {
  const outcomes = new Map(contenders.map((contender) => [contender, [] as T[]]));
  for (let run = 0; run < runs; run++) {
    for (const [contender, results] of outcomes)
      if (contender.missing === undefined) results.push(await once(contender, run));
  }
  return outcomes;
}

/** One figure of all contenders, in the order in which they were named. */
export function seriesOf<T>(outcomes: Outcomes<T>, figure: (outcome: T) => number): [Series, ...Series[]] {
  const [first, ...others] = [...outcomes].map(([{ name, missing }, results]) =>
    missing === undefined ? { of: name, values: results.map(figure) } : { of: name, missing },
  );
  if (first === undefined) throw new RangeError('there is nobody to measure');
  return [first, ...others];
}

/**
 * The phase of a run within the interval of the probes, ms: the phases of all runs lie evenly spread, so that
 * luck decides nothing and every contender meets the same.
 */
export function phase(run: number, runs: number, interval: number): number {
  return ((run + 0.5) / runs) * interval;
}
