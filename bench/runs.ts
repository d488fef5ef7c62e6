import type { Series } from './comparison.ts';

/** Who takes part in a measurement. */
export interface Entrant {
  readonly name: string;
  /** Why it cannot take part. */
  readonly missing?: string | undefined;
}

/** What each entrant came to, run by run. */
export type Outcomes<T> = ReadonlyMap<Entrant, readonly T[]>;

/** Makes so many runs, in each of them every entrant that can take part, one after another. */
export async function takeTurns<E extends Entrant, T>(
  entrants: readonly E[],
  runs: number,
  once: (entrant: E, run: number) => T | Promise<T>,
): Promise<Outcomes<T>> {
  const outcomes = new Map(entrants.map((entrant) => [entrant, [] as T[]]));
  for (let run = 0; run < runs; run++) {
    for (const [entrant, results] of outcomes)
      if (entrant.missing === undefined) results.push(await once(entrant, run));
  }
  return outcomes;
}

/** One run of each, all at the same time, each in a laboratory of its own. */
export async function together<E extends Entrant, T>(
  entrants: readonly E[],
  run: (entrant: E) => Promise<T>,
): Promise<Outcomes<T>> {
  const outcomes = await Promise.all(
    entrants.map(
      async (entrant) => [entrant, entrant.missing === undefined ? [await run(entrant)] : []] as const,
    ),
  );
  return new Map(outcomes);
}

/** One figure of all entrants, in the order in which they were named. */
export function seriesOf<T>(outcomes: Outcomes<T>, figure: (outcome: T) => number): [Series, ...Series[]] {
  const [first, ...others] = [...outcomes].map(([{ name, missing }, results]) =>
    missing === undefined ? { of: name, values: results.map(figure) } : { of: name, missing },
  );
  if (first === undefined) throw new RangeError('there is nobody to measure');
  return [first, ...others];
}

/**
 * The phase of a run within the interval of the probes, ms: the phases of all runs lie evenly spread, so that
 * luck decides nothing and every entrant meets the same.
 */
export function phase(run: number, runs: number, interval: number): number {
  return ((run + 0.5) / runs) * interval;
}
