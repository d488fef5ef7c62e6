import { AF_INET, AF_INET6 } from '../native/sockaddr.ts';
import { type AddressMessage, decodeAddress, RTM_DELADDR, RTM_NEWADDR } from './address.ts';
import { decodeLink, type LinkMessage, RTM_DELLINK, RTM_NEWLINK } from './link.ts';
import type { EventSource } from './event-socket.ts';
import type { Message } from './message.ts';
import { decodeNeighbour, type NeighbourMessage, RTM_DELNEIGH, RTM_NEWNEIGH } from './neighbour.ts';
import { decodeRoute, type RouteMessage, RTM_DELROUTE, RTM_NEWROUTE } from './route.ts';
import { decodeRule, RTM_DELRULE, RTM_NEWRULE, type RuleMessage } from './rule.ts';
import { AF_UNSPEC, structView } from './struct.ts';
import { NETLINK_ROUTE } from './transport.ts';

/** What a change is about. */
type Subject =
  | { readonly object: 'link'; readonly message: LinkMessage }
  | { readonly object: 'address'; readonly message: AddressMessage }
  | { readonly object: 'neighbour'; readonly message: NeighbourMessage }
  | { readonly object: 'rule'; readonly message: RuleMessage }
  | { readonly object: 'route'; readonly message: RouteMessage };

/** A change that the kernel tells of. */
export type RouteEvent = Subject & {
  /** 'new': it is there now, be it new or changed; 'del': it is gone. */
  readonly kind: 'new' | 'del';
  /** Port of the socket whose request caused the change; 0 when the kernel did by itself. */
  readonly portId: number;
  /** NLM_F_*: what the request asked for, e.g. NLM_F_REPLACE. */
  readonly flags: number;
};

/**
 * The event in a message; undefined for objects and families that are none of ours. Throws NetlinkError
 * EBADMSG.
 */
export function decodeEvent({ type, flags, portId, payload }: Message): RouteEvent | undefined {
  const family = structView(payload, 1).getUint8(0); // every header begins with it
  const common = { portId, flags } as const;
  // A link message of AF_BRIDGE tells of a bridge's port: its RTM_DELLINK says that the interface left the
  // bridge, not that it is gone.
  if (family === AF_UNSPEC) {
    if (type === RTM_NEWLINK) return { kind: 'new', object: 'link', message: decodeLink(payload), ...common };
    if (type === RTM_DELLINK) return { kind: 'del', object: 'link', message: decodeLink(payload), ...common };
  }
  // Multicast routing and bridges use the same messages with families of their own.
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  switch (type) {
    case RTM_NEWADDR:
      return { kind: 'new', object: 'address', message: decodeAddress(payload), ...common };
    case RTM_DELADDR:
      return { kind: 'del', object: 'address', message: decodeAddress(payload), ...common };
    case RTM_NEWNEIGH:
      return { kind: 'new', object: 'neighbour', message: decodeNeighbour(payload), ...common };
    case RTM_DELNEIGH:
      return { kind: 'del', object: 'neighbour', message: decodeNeighbour(payload), ...common };
    case RTM_NEWRULE:
      return { kind: 'new', object: 'rule', message: decodeRule(payload), ...common };
    case RTM_DELRULE:
      return { kind: 'del', object: 'rule', message: decodeRule(payload), ...common };
    case RTM_NEWROUTE:
      return { kind: 'new', object: 'route', message: decodeRoute(payload), ...common };
    case RTM_DELROUTE:
      return { kind: 'del', object: 'route', message: decodeRoute(payload), ...common };
    default:
      return undefined;
  }
}

/** Links, addresses, neighbours, rules and routes. */
export const ROUTE_EVENTS: EventSource<RouteEvent> = { protocol: NETLINK_ROUTE, decode: decodeEvent };
