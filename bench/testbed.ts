import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BalancingRoute } from '../test/support/balancing-route.ts';
import { Daemon } from '../test/support/daemon.ts';
import { routerFirewall } from '../test/support/firewall.ts';
import { Internet } from '../test/support/internet.ts';
import { lan, targets, type Uplink } from '../test/support/topology.ts';
import { startEcho } from '../test/support/traffic.ts';
import { until } from '../test/support/waiting.ts';

/** How uplinks are tested, in the words of the configuration; seconds. */
export interface Tests {
  readonly interval: number;
  readonly timeout: number;
  readonly required_successful: number;
  readonly hold_down?: number;
  /** All six unless told. */
  readonly ips?: readonly string[];
}

/** What is waited for comes within this time, ms, or the measurement fails. */
const PATIENCE = 20_000;

/** An internet whose router has uplinks eth1, eth2, ... and the firewall that the daemon expects, and waits for somebody to route. */
export class Testbed {
  readonly internet: Internet;
  /** The balancing route, as the kernel tells of it. */
  readonly route: BalancingRoute;
  /** For files that are needed as long as the testbed is. */
  readonly directory: string;

  private constructor(internet: Internet, directory: string) {
    this.internet = internet;
    this.directory = directory;
    this.route = new BalancingRoute(internet.router, this.balancingTable);
  }

  /** Builds one with so many uplinks, hands it to `use`, and removes it whatever comes of that. */
  static async with<T>(uplinks: number, use: (testbed: Testbed) => Promise<T>): Promise<T> {
    const internet = await Internet.build(
      Array.from({ length: uplinks }, (_, index) => ({ name: `eth${index + 1}` })),
    );
    const directory = mkdtempSync(join(tmpdir(), 'ftr-bench-'));
    try {
      await startEcho(internet.core, targets);
      internet.router.nft(routerFirewall(internet.uplinks, lan.interface));
      return await use(new Testbed(internet, directory));
    } finally {
      await internet.close();
      rmSync(directory, { recursive: true });
    }
  }

  get uplinks(): readonly Uplink[] {
    return this.internet.uplinks;
  }

  get names(): readonly string[] {
    return this.uplinks.map(({ name }) => name);
  }

  /** The table of the balancing route: the first after those of the uplinks, which begin with 1. */
  get balancingTable(): number {
    return 1 + this.uplinks.length;
  }

  /** Starts the daemon with all uplinks in one group, and whatever else the configuration is to say. */
  startDaemon({ ips = targets, ...tests }: Tests, others: object = {}): Daemon {
    return new Daemon(this.internet.router, {
      uplinks: this.uplinks.map(({ name, address, gateway }) => ({
        interface: name,
        type: 'static',
        ip: address,
        gateway,
        description: name,
        priority_group: 1,
      })),
      downlinks: { lan: lan.interface },
      tests: { ips, ping_retries: 1, ...tests },
      ...others,
    });
  }

  /**
   * Waits until the balancing route leads to these interfaces and to no others, after a change at `since` or
   * later (CLOCK_MONOTONIC ms); when it was changed.
   */
  async routeTo(devices: readonly string[], since: number): Promise<number> {
    await until(() => this.route.changedTo(devices, since) !== undefined, PATIENCE);
    return this.route.changedTo(devices, since) ?? Number.NaN;
  }
}
