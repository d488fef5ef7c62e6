import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Address } from '../../src/network/address.ts';
import { type Impairment, impairmentRules } from './impairment.ts';
import { Laboratory, type Namespace, terminate } from './namespace.ts';
import {
  cable,
  clientSetup,
  completeUplinks,
  coreSetup,
  links,
  providerEnd,
  providerSetup,
  routerAddress,
  routerEnd,
  routerSetup,
  type Uplink,
  type UplinkOptions,
} from './topology.ts';
import { transcribe, until } from './waiting.ts';

const tunpair = fileURLToPath(new URL('../../../test/support/tunpair.pl', import.meta.url));

/**
 * A small internet in four network namespaces, whose lines can be broken and mended:
 *
 *     client ── router ══ uplinks ══ provider ── core
 *
 * One provider stands at the far end of every uplink: 64 of them cost as many veth pairs and no more
 * namespaces. It takes from a line only what carries that line's address, as good providers do (BCP 38), so
 * the source address tells the way that a packet took.
 */
export class Internet {
  readonly uplinks: readonly Uplink[];
  readonly client: Namespace;
  readonly router: Namespace;
  readonly provider: Namespace;
  readonly core: Namespace;
  readonly #laboratory = new Laboratory();
  readonly #impairments = new Map<string, Impairment>();
  readonly #calls = new Map<string, ChildProcess>();

  private constructor(uplinks: readonly Uplink[]) {
    this.uplinks = uplinks;
    const namespaces = this.#laboratory.namespaces('client', 'router', 'provider', 'core');
    this.client = namespaces.client;
    this.router = namespaces.router;
    this.provider = namespaces.provider;
    this.core = namespaces.core;
  }

  /**
   * Builds it with every line working. The router has its addresses, IPv6 off, and spreads by connection
   * (layer 4); forwarding, rules, routes and firewall are left to whoever tests them. Throws what `ip` says
   * when something cannot be made.
   */
  static async build(options: readonly UplinkOptions[]): Promise<Internet> {
    const internet = new Internet(completeUplinks(options));
    try {
      await internet.#raise();
    } catch (error) {
      await internet.close();
      throw error;
    }
    return internet;
  }

  /** Kills every program in it and deletes it; resolves when all is gone, throws when something stayed. */
  close(): Promise<void> {
    return this.#laboratory.close();
  }

  /** Puts an impairment on a line, in place of the one before. */
  impair(uplink: string, impairment: Impairment): void {
    this.#impairments.set(this.#named(uplink).name, impairment);
    this.provider.nft(impairmentRules(this.#impairments));
  }

  /** Takes the impairment from a line. */
  mend(uplink: string): void {
    this.#impairments.delete(this.#named(uplink).name);
    this.provider.nft(impairmentRules(this.#impairments));
  }

  /**
   * Takes the cable out at the provider; returns when the router's kernel has seen that the carrier is lost. The far end
   * of a veth pair falls silent some milliseconds earlier, and the kernel looks at it in a worker of its own.
   */
  unplug(uplink: string): void {
    const { name } = this.#ethernet(uplink);
    this.provider.ip([`link set ${name} down`]);
    for (let looks = 0; !this.router.show(`link show ${name}`).join().includes(' state DOWN '); looks++)
      if (looks > 500) throw new Error(`${name} keeps its carrier`);
  }

  /** Puts the cable back. */
  plug(uplink: string): void {
    this.provider.ip([`link set ${this.#ethernet(uplink).name} up`]);
  }

  /** Sets the router's interface administratively up or down. */
  setLink(uplink: string, state: 'up' | 'down'): void {
    this.router.ip([`link set ${this.#named(uplink).name} ${state}`]);
  }

  /** Removes the router's address from the interface. */
  removeAddress(uplink: string): void {
    this.#changeAddress('del', this.#ethernet(uplink));
  }

  /** Gives the interface the router's address back. */
  addAddress(uplink: string): void {
    this.#changeAddress('add', this.#ethernet(uplink));
  }

  /** Deletes the router's interface. */
  deleteInterface(uplink: string): void {
    this.router.ip([`link del ${this.#ethernet(uplink).name}`]);
  }

  /** Makes the interface again, under the same name with another index, with its address, and up. */
  createInterface(uplink: string): void {
    const wanted = this.#ethernet(uplink);
    this.#laboratory.ip([cable(wanted, this.router.name, this.provider.name)]);
    this.provider.ip(providerEnd(wanted));
    this.router.ip(routerEnd(wanted));
  }

  /** Kills the program of a PPP link; the interface is gone when this resolves. */
  async hangUp(uplink: string): Promise<void> {
    const call = this.#call(uplink);
    this.#calls.delete(uplink);
    await terminate(call, 'SIGKILL');
  }

  /** Holds back every packet on a PPP link, in both directions, until it is thawed. */
  freeze(uplink: string): void {
    this.#call(uplink).kill('SIGSTOP');
  }

  /** Lets a frozen PPP link go on with the packets that wait. */
  thaw(uplink: string): void {
    this.#call(uplink).kill('SIGCONT');
  }

  /** Starts the program of a PPP link, which gets these addresses; the interface is up when this resolves. */
  async dial(uplink: string, addresses: { address?: Address; gateway?: Address } = {}): Promise<void> {
    const wanted = { ...this.#named(uplink), ...addresses };
    const { name } = wanted;
    const call = this.provider.spawn([tunpair, this.router.name, name, this.provider.name, name]);
    this.#calls.set(name, call);
    await transcribe([call.stdout as Readable], String).until((line) => line === 'ready', { within: 5000 });
    this.provider.ip(providerEnd(wanted));
    this.router.ip(routerEnd(wanted));
  }

  async #raise(): Promise<void> {
    const { client, router, provider, core, uplinks } = this;
    const quiet = { 'net/ipv6/conf/default/disable_ipv6': 1, 'net/ipv6/conf/all/disable_ipv6': 1 };
    client.sysctl(quiet);
    router.sysctl({ ...quiet, 'net/ipv4/fib_multipath_hash_policy': 1 });
    // Strict source addresses: a packet that is sent by the wrong line is lost.
    provider.sysctl({ ...quiet, 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/all/rp_filter': 1 });
    core.sysctl(quiet);
    this.#laboratory.ip(
      links(uplinks, { client: client.name, router: router.name, provider: provider.name, core: core.name }),
    );
    client.ip(clientSetup());
    router.ip(routerSetup(uplinks));
    provider.ip(providerSetup(uplinks));
    core.ip(coreSetup());
    for (const { name, kind } of uplinks) if (kind === 'ppp') await this.dial(name);
    // The kernel tells of a new carrier up to a second late when many links change, as they do right now.
    await until(() => [client, router, provider, core].every(isAble), 5000);
  }

  #changeAddress(change: 'add' | 'del', uplink: Uplink): void {
    this.router.ip([`addr ${change} ${routerAddress(uplink)} dev ${uplink.name}`]);
  }

  #call(name: string): ChildProcess {
    const found = this.#calls.get(name);
    if (found === undefined) throw new Error(`${name} has no call`);
    return found;
  }

  #named(name: string): Uplink {
    const found = this.uplinks.find((uplink) => uplink.name === name);
    if (found === undefined) throw new Error(`there is no uplink ${name}`);
    return found;
  }

  #ethernet(name: string): Uplink {
    const found = this.#named(name);
    if (found.kind !== 'ethernet') throw new Error(`${name} is no Ethernet: dial it or hang it up`);
    return found;
  }
}

/** Every interface of a namespace that is up can carry packets. */
function isAble(namespace: Namespace): boolean {
  const up = namespace.show('link show up');
  return up.every((line) => /[<,]LOWER_UP[,>]/.test(line) && !/NO-CARRIER|state DOWN/.test(line));
}
