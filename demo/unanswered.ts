import type { Namespace } from '../test/support/namespace.ts';

/** Seconds for which the router remembers a connection without an answer: longer than an act. */
const MEMORY = 120;
/** Seconds after which an answer is not waited for any more. */
const PATIENCE = 1;

/** Makes the router remember unanswered connections for long enough to be asked about them. */
export function rememberUnanswered(router: Namespace): void {
  router.sysctl({ 'net/netfilter/nf_conntrack_udp_timeout': MEMORY });
}

/**
 * How many UDP connections of the last `age` ms nobody has answered, by their connection mark: the uplink by which they left. From the router's
 * connection tracking, conntrack(8); one that found no way out is not in it.
 */
export function unanswered(router: Namespace, age: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of router.exec(['conntrack', '-L', '-p', 'udp']).split('\n')) {
    const [, remaining, mark] = /^udp +17 (\d+) .*\[UNREPLIED\].* mark=(\d+)/.exec(line) ?? [];
    // Whole seconds, rounded down: what is left of the memory tells how old the connection is.
    const seconds = MEMORY - 1 - Number(remaining);
    if (mark === undefined || seconds < PATIENCE || seconds * 1000 > age) continue;
    counts.set(Number(mark), (counts.get(Number(mark)) ?? 0) + 1);
  }
  return counts;
}
