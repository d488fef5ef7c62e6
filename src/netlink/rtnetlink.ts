import type { Family } from '../network/address.ts';
import { type AddressMessage, decodeAddress, RTM_GETADDR } from './address.ts';
import { writeAttributes } from './attribute.ts';
import { NetlinkError } from './error.ts';
import { u32 } from './layout.ts';
import { decodeLink, type LinkMessage, RTM_GETLINK } from './link.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLMSG_NOOP } from './message.ts';
import {
  decodeNeighbour,
  encodeNeighbour,
  NDA_IFINDEX,
  type NeighbourMessage,
  RTM_GETNEIGH,
  RTM_NEWNEIGH,
} from './neighbour.ts';
import { RequestSocket } from './request-socket.ts';
import {
  decodeRoute,
  encodeRoute,
  RTM_DELROUTE,
  RTM_DST_LEN_OFFSET,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  type RouteMessage,
} from './route.ts';
import { encodeRouteQuery, type RouteQuery } from './route-query.ts';
import { decodeRule, encodeRule, RTM_DELRULE, RTM_GETRULE, RTM_NEWRULE, type RuleMessage } from './rule.ts';
import { addressFamily, concatenate, LITTLE_ENDIAN, struct } from './struct.ts';
import { openTransport, type Transport } from './transport.ts';

/** Which routes a dump is to hold; the kernel leaves out the others. */
export interface RouteFilter {
  readonly family: Family;
  readonly table?: number;
  /** RTPROT_*. */
  readonly protocol?: number;
  /** Index of an interface that they, or one of their nexthops, lead over. */
  readonly oif?: number;
}

/**
 * Links, addresses, neighbours, rules and routes of the network namespace in which it was opened. Every
 * method has its answer when it returns (RequestSocket says why) and throws NetlinkError; EPERM: a change
 * needs CAP_NET_ADMIN.
 */
export class RtNetlink {
  readonly #socket: RequestSocket;

  /** Opens a socket unless given one; throws SystemError. */
  constructor(transport: Transport = openTransport()) {
    this.#socket = new RequestSocket(transport);
  }

  /** `portId` of the events that tell of changes made here. */
  get portId(): number {
    return this.#socket.portId;
  }

  close(): void {
    this.#socket.close();
  }

  /** Asks for an answer and nothing else. */
  ping(): void {
    this.#socket.request({ operation: 'ping', type: NLMSG_NOOP, payload: new Uint8Array(0) });
  }

  /** All interfaces. */
  dumpLinks(): LinkMessage[] {
    const request = { operation: 'list links', type: RTM_GETLINK, payload: struct(16, () => undefined) };
    return this.#socket.dump(request, ({ payload }) => decodeLink(payload));
  }

  /** The interface with that index; NetlinkError ENODEV when there is none. */
  getLink(ifindex: number): LinkMessage {
    const payload = struct(16, (view) => view.setInt32(4, ifindex, LITTLE_ENDIAN));
    const request = { operation: 'read link', type: RTM_GETLINK, payload };
    const [link] = this.#socket.request(request, (message) => decodeLink(message.payload));
    if (link === undefined) throw new NetlinkError(request.operation, 'EPROTO', 'the answer holds no link');
    return link;
  }

  /** The addresses of all interfaces. */
  dumpAddresses(family: Family): AddressMessage[] {
    const request = { operation: 'list addresses', type: RTM_GETADDR, payload: headerOf(family, 8) };
    return this.#socket.dump(request, ({ payload }) => decodeAddress(payload));
  }

  /** The neighbours on all interfaces, or on the one with that index. */
  dumpNeighbours(family: Family, ifindex?: number): NeighbourMessage[] {
    const filter = ifindex === undefined ? [] : [{ type: NDA_IFINDEX, value: u32.encode(ifindex) }];
    const payload = concatenate([headerOf(family, 12), writeAttributes(filter)]);
    const request = { operation: 'list neighbours', type: RTM_GETNEIGH, payload };
    return this.#socket.dump(request, (message) => decodeNeighbour(message.payload));
  }

  /**
   * Adds a neighbour, or changes the entry that it has. EINVAL when a state is to be set that needs a link-layer
   * address, and neither the message nor the entry has one.
   */
  replaceNeighbour(neighbour: NeighbourMessage): void {
    const flags = NLM_F_CREATE | NLM_F_REPLACE;
    const payload = encodeNeighbour(neighbour);
    this.#socket.request({ operation: 'replace neighbour', type: RTM_NEWNEIGH, flags, payload });
  }

  /** All rules in order of priority, whoever made them. */
  dumpRules(family: Family): RuleMessage[] {
    const request = { operation: 'list rules', type: RTM_GETRULE, payload: headerOf(family, 12) };
    return this.#socket.dump(request, ({ payload }) => decodeRule(payload));
  }

  /** The routes of a table, or of all; none for a table or an interface that does not exist. */
  dumpRoutes(filter: RouteFilter): RouteMessage[] {
    return this.#dumpRoutes(filter, decodeRoute);
  }

  /** Those among them that are default routes. The kernel cannot leave out the others, but they cost little here. */
  dumpDefaultRoutes(filter: RouteFilter): RouteMessage[] {
    const routes = this.#dumpRoutes(filter, (payload) =>
      payload[RTM_DST_LEN_OFFSET] === 0 ? decodeRoute(payload) : undefined,
    );
    return routes.filter((route) => route !== undefined);
  }

  #dumpRoutes<Value>(
    { family, table = 0, protocol = 0, oif }: RouteFilter,
    decode: (payload: Uint8Array) => Value,
  ): Value[] {
    const nexthops = oif === undefined ? [] : [{ oif, weight: 1, flags: 0 }];
    const filter = { family, table, protocol, type: 0, tos: 0, scope: 0, flags: 0, metric: 0, nexthops };
    const request = { operation: 'list routes', type: RTM_GETROUTE, payload: encodeRoute(filter) };
    try {
      return this.#socket.dump(request, ({ payload }) => decode(payload));
    } catch (error) {
      // A table is made with its first route, and an interface may have just gone.
      if (error instanceof NetlinkError && ['ENOENT', 'ENODEV'].includes(error.code)) return [];
      throw error;
    }
  }

  /**
   * The way that a packet would take, or the entry of a table that decides it: with its prefix and all its nexthops.
   * NetlinkError ENETUNREACH when there is none, or what else a route says to its sender.
   */
  getRoute(query: RouteQuery, answer?: 'way' | 'entry'): RouteMessage {
    const request = {
      operation: 'look up route',
      type: RTM_GETROUTE,
      payload: encodeRouteQuery(query, answer),
    };
    const [route] = this.#socket.request(request, ({ payload }) => decodeRoute(payload));
    if (route === undefined) throw new NetlinkError(request.operation, 'EPROTO', 'the answer holds no route');
    return route;
  }

  /** Adds a rule; EEXIST when there is one that differs in nothing. */
  addRule(rule: RuleMessage): void {
    const flags = NLM_F_CREATE | NLM_F_EXCL;
    this.#socket.request({ operation: 'add rule', type: RTM_NEWRULE, flags, payload: encodeRule(rule) });
  }

  /** Deletes the first rule that has all of what `rule` has; ENOENT when there is none. */
  deleteRule(rule: RuleMessage): void {
    this.#socket.request({ operation: 'delete rule', type: RTM_DELRULE, payload: encodeRule(rule) });
  }

  /**
   * Adds a route, or puts it in place of the one with the same destination, metric and TOS in its table, in
   * one step.
   */
  replaceRoute(route: RouteMessage): void {
    const flags = NLM_F_CREATE | NLM_F_REPLACE;
    this.#socket.request({
      operation: 'replace route',
      type: RTM_NEWROUTE,
      flags,
      payload: encodeRoute(route),
    });
  }

  /** Deletes a route; ESRCH when there is none like it. */
  deleteRoute(route: RouteMessage): void {
    this.#socket.request({ operation: 'delete route', type: RTM_DELROUTE, payload: encodeRoute(route) });
  }
}

/** A header of `size` bytes that says nothing but the family. */
function headerOf(family: Family, size: number): Uint8Array {
  return struct(size, (view) => view.setUint8(0, addressFamily(family)));
}
