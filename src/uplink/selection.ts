/** An uplink as the selection sees it. */
export interface Candidate {
  readonly name: string;
  readonly up: boolean;
  /** Absent: it never carries new outgoing connections. */
  readonly priorityGroup?: number;
}

/**
 * Names of the uplinks that carry new connections: those that work in the best group (the lowest number) with
 * a working member. When nothing works, those that carried them last, or all of the best group when nobody
 * did: a dead route that may come back is better than none.
 */
export function select(candidates: readonly Candidate[], last: readonly string[]): readonly string[] {
  const working = candidates.filter(({ up, priorityGroup }) => up && priorityGroup !== undefined);
  if (working.length > 0) return bestOf(working);
  const stayed = last.filter((name) => candidates.some((candidate) => candidate.name === name));
  return stayed.length > 0
    ? stayed
    : bestOf(candidates.filter(({ priorityGroup }) => priorityGroup !== undefined));
}

function bestOf(candidates: readonly Candidate[]): string[] {
  const best = bestGroup(candidates);
  return candidates.filter(({ priorityGroup }) => priorityGroup === best).map(({ name }) => name);
}

/**
 * What the route that stands in the kernel tells of each uplink before the first test: `carriers` are the
 * names in it. Whoever belongs to the carriers' group or to a better one and is not among them had failed; of
 * all others nothing is known.
 */
export function remembered(
  candidates: readonly Omit<Candidate, 'up'>[],
  carriers: readonly string[],
): ReadonlySet<string> {
  const best = bestGroup(candidates.filter(({ name }) => carriers.includes(name)));
  if (best === Number.POSITIVE_INFINITY) return new Set();
  const failed = candidates.filter(
    ({ name, priorityGroup }) =>
      priorityGroup !== undefined && priorityGroup <= best && !carriers.includes(name),
  );
  return new Set(failed.map(({ name }) => name));
}

function bestGroup(candidates: readonly { readonly priorityGroup?: number }[]): number {
  return Math.min(...candidates.map(({ priorityGroup = Number.POSITIVE_INFINITY }) => priorityGroup));
}
