import type { TestContext } from 'node:test';
import { Daemon, type Start } from '../support/daemon.ts';
import { type Exchange, isLost, monotonic } from '../support/exchange.ts';
import { routerFirewall } from '../support/firewall.ts';
import { Internet } from '../support/internet.ts';
import { lan, targets, type Uplink, type UplinkOptions } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';

/** What the daemon has to say or do comes within this time, ms. */
export const PATIENCE = 8000;

/** An uplink's section of a configuration file. */
export interface UplinkSection {
  interface: string;
  description: string;
  type: string;
  ip?: string;
  gateway?: string;
  priority_group?: number;
  weight?: number;
  ipv6?: object;
  forced?: string;
}

/** A configuration file, as far as the tests change it. */
export interface Settings {
  uplinks: UplinkSection[];
  tests: {
    ips: readonly string[];
    targets?: readonly Readonly<Record<string, unknown>>[];
    required_successful: number;
    interval: number;
    timeout: number;
  };
  base_priority?: number;
  firewall?: object;
  hooks?: object[];
  policies?: object[];
  balance_by?: string;
  downlinks?: { lan: string };
}

/**
 * All uplinks in one group, tables 1 to N for them and N + 1 for balancing; checks as fast as they can be on
 * a machine that does other things too.
 */
export function plainSettings(uplinks: readonly Uplink[]): Settings {
  return {
    uplinks: uplinks.map(({ name, kind, address, gateway }) => ({
      interface: name,
      description: name,
      priority_group: 1,
      ...(kind === 'ppp' ? { type: 'ppp' } : { type: 'static', ip: address, gateway }),
    })),
    tests: { ips: targets.slice(0, 3), required_successful: 2, interval: 0.2, timeout: 0.2 },
  };
}

/** A small internet whose router has marks, translation and, once started, the daemon. */
export class Site {
  readonly internet: Internet;
  readonly settings: Settings;
  #daemon: Daemon | undefined;

  private constructor(internet: Internet) {
    this.internet = internet;
    this.settings = plainSettings(internet.uplinks);
  }

  /** Builds it for one test, at whose end it is closed; the daemon is not started yet. */
  static async build(test: TestContext, lines: readonly UplinkOptions[]): Promise<Site> {
    const internet = await Internet.build(lines);
    test.after(() => internet.close());
    await startEcho(internet.core, targets);
    internet.router.nft(routerFirewall(internet.uplinks, lan.interface));
    return new Site(internet);
  }

  /** Builds it with the daemon running. */
  static async open(test: TestContext, lines: readonly UplinkOptions[]): Promise<Site> {
    const site = await Site.build(test, lines);
    await site.start();
    return site;
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('the daemon was not started');
    return this.#daemon;
  }

  /** The router's namespace. */
  get router(): Internet['router'] {
    return this.internet.router;
  }

  /** The table of the balancing route. */
  get balancing(): number {
    return 1 + this.settings.uplinks.length;
  }

  /** Starts the daemon with the settings; resolves when its first routes are in place. */
  async start(start?: Start): Promise<void> {
    this.#daemon = new Daemon(this.router, this.settings, start);
    await this.#daemon.log.until((line) => line.includes('Monitor started'), { within: PATIENCE });
  }

  /** Does something and waits until the daemon has said, since then, a line for each pattern. */
  async tells(patterns: RegExp | readonly RegExp[], deed: () => unknown): Promise<string[]> {
    const { log } = this.daemon;
    const since = log.entries.length;
    await deed();
    return Promise.all(
      [patterns]
        .flat()
        .map((pattern) => log.until((line) => pattern.test(line), { within: PATIENCE, since })),
    );
  }

  /** A client in the LAN that opens a new connection every 5 ms. */
  connect(): Traffic {
    return new Traffic(this.internet.client, { kind: 'udp', targets, every: 5 });
  }

  /** A client in the LAN with 12 long-lived flows, each of which sends a packet every 20 ms. */
  flow(): Traffic {
    return new Traffic(this.internet.client, { kind: 'flow', targets, every: 20, flows: 12 });
  }
}

/** The outcomes of new connections that began after this moment: `count` of them. */
export async function fresh(client: Traffic, count: number): Promise<Exchange[]> {
  const from = monotonic();
  const begun = () => client.exchanges.entries.filter(({ startedAt }) => startedAt >= from);
  await client.exchanges.until(() => begun().length >= count, { within: PATIENCE });
  return begun();
}

/** Those that got no answer, of the exchanges that began at `from` (CLOCK_MONOTONIC ms) or later. */
export function lost(exchanges: readonly Exchange[], from = 0): Exchange[] {
  return exchanges.filter((exchange) => exchange.startedAt >= from && isLost(exchange));
}

/** The flows whose first packet was answered by this way. */
export function flowsBy(exchanges: readonly Exchange[], address: string): Set<number> {
  return new Set(
    exchanges.flatMap((exchange) => (!isLost(exchange) && exchange.via === address ? exchange.flow : [])),
  );
}
