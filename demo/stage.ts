import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../src/control/client.ts';
import { controlPath } from '../src/control/socket.ts';
import type { Status, UplinkStatus } from '../src/control/status.ts';
import type { Seen } from '../src/control/table.ts';
import { Daemon } from '../test/support/daemon.ts';
import { type Exchange, monotonic } from '../test/support/exchange.ts';
import { routerFirewall } from '../test/support/firewall.ts';
import { Internet } from '../test/support/internet.ts';
import { lan, targets } from '../test/support/topology.ts';
import { startEcho, Traffic } from '../test/support/traffic.ts';
import type { Transcript } from '../test/support/waiting.ts';
import { BalancingRoute } from '../test/support/balancing-route.ts';
import { balancingTable, configuration, type LineName, lines, secondAddress } from './configuration.ts';
import { shares } from './connections.ts';
import { rememberUnanswered, unanswered } from './unanswered.ts';

/** The client opens a new connection so often, ms. */
const EVERY = 20;
/** The daemon is asked for its status so often, ms. */
const ASKED = 200;
/** What is waited for has to come within this time, ms. */
const PATIENCE = 15_000;

/** What stands and runs on the stage. */
interface Parts {
  readonly internet: Internet;
  readonly route: BalancingRoute;
  readonly daemon: Daemon;
  readonly client: Traffic;
}

/** The small internet, the daemon in its router, and a client that opens new connections all the time. */
export class Stage {
  readonly #parts: Parts;
  readonly #abort: AbortSignal;
  /** Interfaces by the source address of what leaves by them. */
  readonly #owners: ReadonlyMap<string, string>;
  #status: Status | undefined;
  #statusAt = 0;

  private constructor(parts: Parts, abort: AbortSignal) {
    this.#parts = parts;
    this.#abort = abort;
    const owned = parts.internet.uplinks.map(({ address, name }) => [address, name] as const);
    this.#owners = new Map([...owned, [secondAddress, 'ppp0']]);
    void this.#follow();
  }

  /** Raises it; resolves when the daemon answers and the client is at work. `abort` ends every wait. */
  static async raise(abort: AbortSignal): Promise<Stage> {
    const internet = await Internet.build(lines);
    try {
      const stage = new Stage(await furnish(internet, abort), abort);
      await stage.until('the daemon answers', () => stage.status !== undefined);
      return stage;
    } catch (error) {
      await internet.close();
      throw error;
    }
  }

  /** Kills every program, removes every namespace. */
  close(): Promise<void> {
    return this.#parts.internet.close();
  }

  get internet(): Internet {
    return this.#parts.internet;
  }

  get route(): BalancingRoute {
    return this.#parts.route;
  }

  /** What the daemon has said. */
  get log(): Transcript<string> {
    return this.#parts.daemon.log;
  }

  /** The daemon's latest status; undefined before its first answer. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** What became of the client's new connections. */
  get connections(): readonly Exchange[] {
    return this.#parts.client.exchanges.entries;
  }

  /** The part of each interface in the new connections of the last seconds. */
  get seen(): Seen {
    return shares(this.connections, this.#owners, monotonic());
  }

  /** True when the daemon holds all these lines for working, or for dead. */
  are(names: readonly LineName[], state: 'up' | 'down'): boolean {
    const known = this.#known(names);
    return known.length === names.length && known.every((uplink) => uplink.state === state);
  }

  /** When the last of these lines went up or down, as the daemon says; CLOCK_MONOTONIC ms. */
  changedAt(names: readonly LineName[]): number {
    return this.#statusAt - Math.min(...this.#known(names).map(({ age }) => age));
  }

  /** New connections since `time` (CLOCK_MONOTONIC ms) that left by one of these lines and got no answer. */
  lostOn(names: readonly LineName[], time: number): number {
    const counts = unanswered(this.internet.router, monotonic() - time);
    return names.reduce((sum, name) => sum + (counts.get(markOf(name)) ?? 0), 0);
  }

  /** Waits until so many connections that begin from now on have an outcome. */
  watch(connections: number): Promise<void> {
    const start = monotonic();
    return this.until(
      `${connections} new connections have an outcome`,
      () => this.connections.filter(({ startedAt }) => startedAt >= start).length >= connections,
    );
  }

  /** Waits until the condition holds; rejects with the words for it when it does not come true in time. */
  async until(words: string, holds: () => boolean): Promise<void> {
    const deadline = monotonic() + PATIENCE;
    while (!holds()) {
      if (monotonic() > deadline) throw new Error(`waited ${PATIENCE / 1000} s in vain until ${words}`);
      await pause(10, undefined, { signal: this.#abort });
    }
    this.#abort.throwIfAborted();
  }

  #known(names: readonly LineName[]): readonly UplinkStatus[] {
    const uplinks = this.#status?.uplinks ?? [];
    return uplinks.filter((uplink) => names.some((name) => name === uplink.interface));
  }

  async #follow(): Promise<void> {
    const path = controlPath({}, process.env);
    while (!this.#abort.aborted) {
      try {
        this.#status = await ask<Status>(path, { path: '/v1/status' });
        this.#statusAt = monotonic();
      } catch {
        // Not up yet, or gone: whoever waits for something in the status says so.
      }
      await pause(ASKED, undefined, { ref: false });
    }
  }
}

/** What the router needs beside the daemon, the daemon, and at last the client. */
async function furnish(internet: Internet, abort: AbortSignal): Promise<Parts> {
  const { router, uplinks, core } = internet;
  await startEcho(core, targets);
  abort.throwIfAborted();
  router.nft(routerFirewall(uplinks, lan.interface));
  rememberUnanswered(router);
  const route = new BalancingRoute(router, balancingTable);
  const daemon = new Daemon(router, configuration(uplinks));
  await daemon.log.until((line) => line.includes('Monitor started'), { within: PATIENCE });
  abort.throwIfAborted();
  route.read();
  const client = new Traffic(internet.client, { kind: 'udp', targets, every: EVERY });
  return { internet, route, daemon, client };
}

/** The uplink at position i of the configuration has the mark 1 + i. */
function markOf(name: LineName): number {
  return 1 + lines.findIndex((line) => line.name === name);
}
