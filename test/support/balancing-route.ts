import type { Readable } from 'node:stream';
import { monotonic } from './exchange.ts';
import type { Namespace } from './namespace.ts';
import { type Transcript, transcribe } from './waiting.ts';

/** What ip(8) says of a route, and when it was heard, CLOCK_MONOTONIC ms. */
interface RouteChange {
  readonly at: number;
  readonly text: string;
}

/** The route that new connections take, as the kernel itself tells of it: the witness beside the daemon. */
export class BalancingRoute {
  readonly #heard: Transcript<RouteChange>;
  readonly #router: Namespace;
  readonly #table: number;

  constructor(router: Namespace, table: number) {
    this.#router = router;
    this.#table = table;
    const monitor = router.spawn(['ip', '-N', '-oneline', 'monitor', 'route']);
    this.#heard = transcribe([monitor.stdout as Readable], (text) => ({ at: monotonic(), text }));
  }

  /** Reads the route as it stands: the first one may be older than the listening. */
  read(): void {
    const route = this.#router.show(`route show table ${this.#table}`).filter((text) => !isReserve(text));
    this.#heard.add({ at: monotonic(), text: `${route.join(' ')} table ${this.#table}` });
  }

  /** True when the route leads to these interfaces and to no others. */
  leadsTo(devices: readonly string[]): boolean {
    const last = this.#changes.at(-1);
    return last !== undefined && same(devicesOf(last), devices);
  }

  /** When it first led to these interfaces alone at `since` or later; undefined when it did not change to that. */
  changedTo(devices: readonly string[], since: number): number | undefined {
    return this.#changes.find((change) => change.at >= since && same(devicesOf(change), devices))?.at;
  }

  /** Where it led at `since`, and from each later change on, oldest first. */
  history(since: number): { readonly at: number; readonly devices: readonly string[] }[] {
    const changes = this.#changes;
    const later = changes.findIndex(({ at }) => at > since);
    const first = Math.max(0, (later < 0 ? changes.length : later) - 1);
    return changes.slice(first).map((change) => ({ at: change.at, devices: devicesOf(change) }));
  }

  get #changes(): RouteChange[] {
    const inTable = new RegExp(` table ${this.#table}( |$)`);
    return this.#heard.entries.filter(
      ({ text }) => inTable.test(text) && !text.startsWith('Deleted ') && !isReserve(text),
    );
  }
}

/** Reserves stand behind the balancing route. */
function isReserve(text: string): boolean {
  return / metric \d/.test(text);
}

function devicesOf({ text }: RouteChange): string[] {
  return [...text.matchAll(/ dev (\S+)/g)].map(([, device = '']) => device);
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}
