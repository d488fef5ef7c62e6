import type { Address, Family } from '../network/address.ts';
import type { DefaultRoute } from '../network/default-route.ts';
import type { Link } from '../network/link.ts';
import type { Route } from '../network/route.ts';
import type { Mark, PolicyRule, Rule } from '../network/rule.ts';
import type { Sysctl, SysctlName } from '../network/sysctl.ts';

/** What the kernel, or somebody else through it, tells by itself. */
export interface KernelListener {
  /** Interfaces, addresses or default routes of the table `main`, if that is heeded, may have changed. */
  links(): void;
  /** Somebody else has changed rules, or routes of the other tables that are heeded. */
  policy(): void;
  /** A neighbour has not answered: its entry has failed. */
  neighbourFailed(device: string, address: Address): void;
  /** Events were lost: anything may have changed. */
  overrun(): void;
}

/** The first packet of a connection, as routing sees it. */
export interface Packet {
  readonly destination: Address;
  /** Absent: this host has not chosen one yet. */
  readonly source?: Address;
  /** 0: none. */
  readonly mark: number;
  /** Name of the interface that it comes from; absent: it is this host's own. */
  readonly iif?: string;
  /** IPPROTO_*; absent: UDP, as the kernel takes it. */
  readonly ipProtocol?: number;
  /** Absent: not known, for which a rule for ports is not. */
  readonly sport?: number;
  readonly dport?: number;
  /** Class of service (RFC 2474); absent: 0. */
  readonly dscp?: number;
}

/**
 * The kernel as the daemon knows it. Reading and changing are synchronous: the kernel answers a request
 * before it returns, and nothing happens in between. Each throws an error with a `code` (EPERM, ENETUNREACH
 * ...) and a message that names the operation and the kernel's own words.
 */
export interface Kernel {
  links(): Link[];
  /** Bytes that an interface has received since it was made; undefined when there is none with that index. */
  received(index: number): number | undefined;
  /** The rules of our protocol number, of both families. */
  rules(): Rule[];
  /** All rules of a family in their order, the kernel's own among them. */
  policy(family: Family): PolicyRule[];
  /** The routes of a table, whoever made them; each family has tables of its own. */
  routes(table: number, family: Family): Route[];
  /** The default routes of the table `main` over an interface, the one that wins first; others are many there. */
  defaults(device: string, family: Family): DefaultRoute[];
  /**
   * The way that a packet would take now, a route with one nexthop. Throws the code of what a rule or a route says to
   * its sender: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL; else of why there can be no such packet.
   */
  route(packet: Packet): Route;
  /** The route of a table that decides about it, with its prefix and all its nexthops; throws the same. */
  entry(packet: Packet): Route;
  /** A setting's value; undefined where it does not exist. */
  sysctl(name: SysctlName): string | undefined;

  addRule(rule: Rule): void;
  deleteRule(rule: Rule): void;
  /** Puts a route in place of the one with the same key, in one step, or adds it. */
  replaceRoute(route: Route): void;
  deleteRoute(route: Route): void;
  setSysctl(sysctl: Sysctl): void;
  /**
   * Has connection tracking forget the connections of a family whose mark has this value under the mask. Does not wait:
   * resolves when it is done, rejects with what the kernel says.
   */
  forget(family: Family, mark: Mark): Promise<void>;

  /**
   * Tells of changes from now on; of the routes, only those in `tables()`, and of the table `main` only the default
   * routes.
   */
  watch(listener: KernelListener, tables: () => ReadonlySet<number>): void;
  /**
   * Asks for an answer on each of the two ways: to requests it comes before this returns, or an error is thrown; by
   * the way of the changes it comes as a call of `heard`, once `watch` was called.
   */
  ping(heard: () => void): void;
  close(): void;
}
