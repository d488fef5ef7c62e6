import { deleteConnections } from '../netlink/conntrack.ts';
import { NetlinkError } from '../netlink/error.ts';
import { ROUTE_EVENTS, type RouteEvent } from '../netlink/event.ts';
import { policyRoutingFilter } from '../netlink/event-filter.ts';
import {
  EventSocket,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
} from '../netlink/event-socket.ts';
import { NUD_FAILED } from '../netlink/neighbour.ts';
import type { RouteMessage } from '../netlink/route.ts';
import { RtNetlink } from '../netlink/rtnetlink.ts';
import type { RuleMessage } from '../netlink/rule.ts';
import { RT_TABLE_MAIN } from '../netlink/table.ts';
import { FAMILIES, type Family } from '../network/address.ts';
import { type DefaultRoute, defaultRoutes } from '../network/default-route.ts';
import { IP_PROTOCOLS } from '../network/ip-protocol.ts';
import type { Link } from '../network/link.ts';
import type { Route } from '../network/route.ts';
import type { Mark, PolicyRule, Rule } from '../network/rule.ts';
import type { Sysctl, SysctlName } from '../network/sysctl.ts';
import type { Kernel, KernelListener, Packet } from './kernel.ts';
import { knowsServiceClass } from './service-class.ts';
import { readSysctl, writeSysctl } from './sysctl.ts';
import { fromRoute, fromRule, toLink, toPolicyRule, toRoute, toRule } from './translation.ts';

/** What is heard of. */
const GROUPS = [
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
];

/**
 * The kernel of the network namespace in which it was opened, over rtnetlink and /proc. Changes need
 * CAP_NET_ADMIN.
 */
export class LinuxKernel implements Kernel {
  readonly #netlink = new RtNetlink();
  readonly #protocol: number;
  #events: EventSocket<RouteEvent> | undefined;
  /** Names of the interfaces by index, until the kernel tells of a change. */
  #names: ReadonlyMap<number, string> | undefined;

  /** `protocol`: what rules of ours carry, RTPROT_*. */
  constructor(protocol: number) {
    this.#protocol = protocol;
  }

  links(): Link[] {
    const links = this.#netlink.dumpLinks();
    this.#names = new Map(links.map(({ index, name }) => [index, name]));
    const addresses = FAMILIES.flatMap((family) => this.#netlink.dumpAddresses(family));
    return links.map((link) => toLink(link, addresses));
  }

  received(index: number): number | undefined {
    try {
      return this.#netlink.getLink(index).statistics?.rxBytes;
    } catch (error) {
      if (error instanceof NetlinkError && error.code === 'ENODEV') return undefined;
      throw error;
    }
  }

  rules(): Rule[] {
    return FAMILIES.flatMap((family) => this.#dumpRules(family)).flatMap((rule) => this.#ours(rule) ?? []);
  }

  policy(family: Family): PolicyRule[] {
    return this.#dumpRules(family).map(toPolicyRule);
  }

  routes(table: number, family: Family): Route[] {
    return this.#routes(this.#netlink.dumpRoutes({ family, table }));
  }

  defaults(device: string, family: Family): DefaultRoute[] {
    const oif = this.#find(device);
    if (oif === undefined) return [];
    const routes = this.#netlink.dumpDefaultRoutes({ family, table: RT_TABLE_MAIN, oif });
    return defaultRoutes(device, this.#routes(routes));
  }

  route(packet: Packet): Route {
    return this.#lookUp(packet, 'way');
  }

  entry(packet: Packet): Route {
    return this.#lookUp(packet, 'entry');
  }

  sysctl(name: SysctlName): string | undefined {
    return readSysctl(name);
  }

  addRule(rule: Rule): void {
    if (rule.dscp !== undefined && !knowsServiceClass(this.#netlink)) {
      const reason = 'this kernel has no rules for a DSCP, Linux 6.13 or later is needed';
      throw Object.assign(new Error(`add rule: EOPNOTSUPP: ${reason}`), { code: 'EOPNOTSUPP' });
    }
    this.#netlink.addRule(fromRule(rule));
  }

  deleteRule(rule: Rule): void {
    this.#netlink.deleteRule(fromRule(rule));
  }

  replaceRoute(route: Route): void {
    this.#netlink.replaceRoute(fromRoute(route, (name) => this.#index(name)));
  }

  deleteRoute(route: Route): void {
    this.#netlink.deleteRoute(fromRoute(route, (name) => this.#index(name)));
  }

  setSysctl(sysctl: Sysctl): void {
    writeSysctl(sysctl);
  }

  forget(family: Family, mark: Mark): Promise<void> {
    return deleteConnections({ family, ...mark });
  }

  watch(listener: KernelListener, tables: () => ReadonlySet<number>): void {
    const links = once(() => listener.links());
    const policy = once(() => listener.policy());
    this.#events = new EventSocket(
      { source: ROUTE_EVENTS, groups: GROUPS, filter: policyRoutingFilter() },
      {
        event: (event) => {
          if (event.object === 'link') this.#names = undefined;
          if (event.object === 'link' || event.object === 'address') links();
          else if (event.object === 'neighbour') this.#tellFailure(event, listener);
          else if (event.portId === this.#netlink.portId || !this.#concerns(event, tables())) return;
          else if (event.object === 'route' && event.message.table === RT_TABLE_MAIN) links();
          else policy();
        },
        overrun: () => {
          this.#names = undefined;
          listener.overrun();
        },
      },
    );
  }

  ping(heard: () => void): void {
    this.#netlink.ping();
    this.#events?.ping(heard);
  }

  close(): void {
    this.#events?.close();
    this.#netlink.close();
  }

  /** A route of a service class stands beside ours and never in their place. */
  #routes(messages: readonly RouteMessage[]): Route[] {
    const plain = messages.filter(({ tos }) => tos === 0);
    return plain.map((route) => toRoute(route, (index) => this.#name(index)));
  }

  #lookUp({ iif, ...packet }: Packet, answer: 'way' | 'entry'): Route {
    // IPv6 would take a packet without a protocol for one of none.
    const query = { ipProtocol: IP_PROTOCOLS.udp, ...packet, ...(iif && { iif: this.#index(iif) }) };
    return toRoute(this.#netlink.getRoute(query, answer), (index) => this.#name(index));
  }

  /** None where the kernel was told to do without IPv6 (ipv6.disable=1). */
  #dumpRules(family: Family): RuleMessage[] {
    try {
      return this.#netlink.dumpRules(family);
    } catch (error) {
      const lacks = error instanceof NetlinkError && ['EAFNOSUPPORT', 'EOPNOTSUPP'].includes(error.code);
      if (family === 6 && lacks) return [];
      throw error;
    }
  }

  /** The rule, if it is ours. */
  #ours(rule: RuleMessage): Rule | undefined {
    return rule.protocol === this.#protocol ? toRule(rule) : undefined;
  }

  #tellFailure(
    { kind, message, portId }: RouteEvent & { object: 'neighbour' },
    listener: KernelListener,
  ): void {
    const { index, destination, state } = message;
    // What somebody deletes (`ip neigh flush`) is failed for a moment too, in a message with that one's port.
    const found = portId === 0 && state === NUD_FAILED;
    if (kind === 'new' && destination !== undefined && found) {
      listener.neighbourFailed(this.#name(index), destination);
    }
  }

  #concerns(event: RouteEvent, tables: ReadonlySet<number>): boolean {
    if (event.object === 'rule') return event.message.protocol === this.#protocol;
    return event.object === 'route' && tables.has(event.message.table);
  }

  #name(index: number): string {
    this.#names ??= this.#readNames();
    return this.#names.get(index) ?? `if${index}`;
  }

  /**
   * Throws ENODEV for an interface that has just gone, whose event is on the way: index 0 would let the
   * kernel choose another.
   */
  #index(name: string): number {
    const index = this.#find(name);
    if (index !== undefined) return index;
    throw Object.assign(new Error(`there is no interface ${name}`), { code: 'ENODEV' });
  }

  #find(name: string): number | undefined {
    this.#names ??= this.#readNames();
    for (const [index, known] of this.#names) if (known === name) return index;
    return undefined;
  }

  #readNames(): ReadonlyMap<number, string> {
    return new Map(this.#netlink.dumpLinks().map(({ index, name }) => [index, name]));
  }
}

/**
 * Runs `action` once for any number of calls within one turn: events come in batches, and one look serves
 * them all.
 */
function once(action: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      action();
    });
  };
}
