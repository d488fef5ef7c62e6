import { median } from './statistics.ts';

/** What one contender came to: a value for each run, or why there is none. */
export type Series =
  | { readonly of: string; readonly values: readonly number[] }
  | { readonly of: string; readonly missing: string };

/** A bound that the program promises to keep: its median, or each of its values, is at most `atMost`. */
export interface Bound {
  readonly of: 'median' | 'each';
  readonly atMost: number;
}

/** What the program promises: a bound; or the name of a peer whose median the program's does not exceed. */
export type Promised = Bound | { readonly notAbove: string };

/** The same thing measured of the program and of its peers, in the same runs. */
export interface Comparison {
  readonly what: string;
  readonly unit: string;
  /** The program first; value i of each series is from the same run, or the same turn. */
  readonly series: readonly [Series, ...Series[]];
  readonly promised?: Promised | readonly Promised[];
}

/** The name of the program in every comparison. */
export const PROGRAM = 'this program';

/**
 * How many times the program's value each value of a peer is, run by run, as a median; undefined where nothing
 * can be divided.
 */
export function ratio({ series: [program] }: Comparison, peer: Series): number | undefined {
  if ('missing' in program || 'missing' in peer || peer === program) return undefined;
  const ratios = peer.values.map((value, run) => value / (program.values[run] ?? 0));
  const result = median(ratios);
  return Number.isFinite(result) ? result : undefined;
}

/** The promises of a comparison, none, one or several. */
export function promises({ promised = [] }: Comparison): readonly Promised[] {
  return [promised].flat();
}

/** Whether all promises were kept; undefined when none was given, or one could not be put to the test. */
export function kept(comparison: Comparison): boolean | undefined {
  const verdicts = promises(comparison).map((promised) => keeps(comparison, promised));
  if (verdicts.includes(false)) return false;
  return verdicts.length === 0 || verdicts.includes(undefined) ? undefined : true;
}

/** Whether one promise was kept; undefined when it could not be put to the test. */
export function keeps({ series }: Comparison, promised: Promised): boolean | undefined {
  const [program] = series;
  if ('missing' in program) return undefined;
  if ('atMost' in promised) {
    const judged = promised.of === 'median' ? [median(program.values)] : program.values;
    return judged.every((value) => value <= promised.atMost);
  }
  const peer = series.find(({ of }) => of === promised.notAbove);
  if (peer === undefined || 'missing' in peer) return undefined;
  return median(program.values) <= median(peer.values);
}
