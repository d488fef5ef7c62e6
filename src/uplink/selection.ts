/** An uplink as the selection sees it. */
export interface Candidate {
  readonly name: string;
  readonly up: boolean;
  /** Absent: it never carries new outgoing connections. */
  readonly priorityGroup?: number;
  /** "last": only where no other uplink works; "never": not even then. */
  readonly use?: 'last' | 'never';
}

/**
 * Names of the uplinks that carry new connections: those that work in the best group (the lowest number) with
 * a working member. When nothing works, those that carried them last, or all of the best group when nobody
 * did: a dead route that may come back is better than none.
 */
export function select(candidates: readonly Candidate[], last: readonly string[]): readonly string[] {
  const usable = candidates.filter(({ use }) => use !== 'never');
  const grouped = usable.filter(({ priorityGroup }) => priorityGroup !== undefined);
  const working = grouped.filter(({ up }) => up);
  const wanted = working.filter(({ use }) => use === undefined);
  if (working.length > 0) return bestOf(wanted.length > 0 ? wanted : working);
  const stayed = last.filter((name) => usable.some((candidate) => candidate.name === name));
  return stayed.length > 0 ? stayed : bestOf(grouped);
}

/**
 * The places, from 0, of the uplinks that would take over if the route of the selected ones were gone: these
 * themselves and whoever else works, the better group first and the last resorts last. A place is an uplink's
 * own, whatever becomes of the others.
 */
export function succession(
  candidates: readonly Candidate[],
  selected: readonly string[],
): ReadonlyMap<string, number> {
  const grouped = candidates.filter(({ priorityGroup }) => priorityGroup !== undefined);
  const places = grouped.toSorted((a, b) => (a.priorityGroup ?? 0) - (b.priorityGroup ?? 0)).entries();
  const able = [...places].filter(
    ([, { name, up, use }]) => selected.includes(name) || (up && use !== 'never'),
  );
  const behind = ({ use }: Candidate) => (use === 'last' ? grouped.length : 0);
  return new Map(able.map(([place, candidate]) => [candidate.name, place + behind(candidate)]));
}

function bestOf(candidates: readonly Candidate[]): string[] {
  const best = bestGroup(candidates);
  return candidates.filter(({ priorityGroup }) => priorityGroup === best).map(({ name }) => name);
}

/**
 * What the routes that stand in the kernel tell of each uplink before the first test: `carriers` are the names
 * in them. Whoever could carry new connections and is not among them had failed; of all others nothing is known,
 * nor of anybody when there are no such routes.
 */
export function remembered(
  candidates: readonly Omit<Candidate, 'up'>[],
  carriers: readonly string[],
): ReadonlySet<string> {
  if (carriers.length === 0) return new Set();
  const failed = candidates.filter(
    ({ name, priorityGroup }) => priorityGroup !== undefined && !carriers.includes(name),
  );
  return new Set(failed.map(({ name }) => name));
}

function bestGroup(candidates: readonly { readonly priorityGroup?: number }[]): number {
  return Math.min(...candidates.map(({ priorityGroup = Number.POSITIVE_INFINITY }) => priorityGroup));
}
