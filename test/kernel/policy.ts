import type { Readable } from 'node:stream';
import type { Namespace } from '../support/namespace.ts';
import { type Transcript, transcribe } from '../support/waiting.ts';

/** A table that neither the system nor the daemon uses: a change in it says that what came before was heard. */
const SENTINEL = 4000;

/**
 * The router's rules and routes as `ip` prints them, without the routes of the local table; sorted, since what
 * has the same priority may come in any order.
 */
export function readPolicy(router: Namespace): { readonly rules: string[]; readonly routes: string[] } {
  const routes = router.show('route show table all').filter((route) => !route.includes(' table 255 '));
  return { rules: router.show('rule show').toSorted(), routes: routes.toSorted() };
}

/** The routes of a table as `ip` prints them. */
export function readTable(router: Namespace, table: number): string[] {
  return router.show(`route show table ${table}`);
}

/** The devices to which the first route of a table leads. */
export function devicesOf(router: Namespace, table: number): string[] {
  const [route = ''] = readTable(router, table);
  return [...route.matchAll(/ dev (\S+)/g)].map(([, device = '']) => device);
}

/** Every change of rules and routes in a namespace, as ip-monitor(8) tells of it. */
export class PolicyChanges {
  readonly #heard: Transcript<string>;
  readonly #namespace: Namespace;
  #sentinels = 0;

  private constructor(namespace: Namespace) {
    const monitor = namespace.spawn(['ip', '-4', '-N', '-oneline', 'monitor', 'rule', 'route']);
    this.#namespace = namespace;
    this.#heard = transcribe([monitor.stdout as Readable], (line) => line.trimEnd());
  }

  /** Resolves when it listens. */
  static async listen(namespace: Namespace): Promise<PolicyChanges> {
    const changes = new PolicyChanges(namespace);
    await changes.heard();
    return changes;
  }

  /** All changes since it listens, up to this moment. */
  async heard(): Promise<string[]> {
    const prefix = `198.19.200.${++this.#sentinels}`;
    // Until the monitor listens, it does not hear of the first one.
    const poke = (): void =>
      this.#namespace.ip([
        `route replace unreachable ${prefix} table ${SENTINEL}`,
        `route flush table ${SENTINEL}`,
      ]);
    poke();
    const repeat = setInterval(poke, 20);
    try {
      await this.#heard.until((line) => line.includes(prefix), { within: 2000 });
    } finally {
      clearInterval(repeat);
    }
    return this.#heard.entries.filter((line) => !line.includes(`table ${SENTINEL}`));
  }
}
