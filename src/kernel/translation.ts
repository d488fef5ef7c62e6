import type { AddressMessage } from '../netlink/address.ts';
import { IFF_LOWER_UP, IFF_RUNNING, IFF_UP, type LinkMessage } from '../netlink/link.ts';
import {
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
  type RouteMessage,
  RTN_UNICAST,
  RTN_UNREACHABLE,
} from '../netlink/route.ts';
import { FIB_RULE_INVERT, FR_ACT_TO_TBL, type RuleMessage } from '../netlink/rule.ts';
import type { Link, LinkAddress } from '../network/link.ts';
import type { Route } from '../network/route.ts';
import type { Rule } from '../network/rule.ts';
import type { ForeignRule } from './kernel.ts';

/*
 * Between the kernel's messages and the daemon's values. Interfaces have indexes there and names here:
 * whoever translates knows which is which.
 */

const WHOLE_MARK = 0xffff_ffff;

/** A link with its addresses, picked from those of all links. */
export function toLink({ index, name, flags }: LinkMessage, addresses: readonly AddressMessage[]): Link {
  const able = IFF_RUNNING | IFF_LOWER_UP;
  return {
    name,
    index,
    up: (flags & IFF_UP) !== 0,
    running: (flags & able) === able,
    addresses: addresses.filter((address) => address.index === index).flatMap(toLinkAddress),
  };
}

function toLinkAddress({ local, address, prefixLength }: AddressMessage): LinkAddress[] {
  if (local === undefined) return [];
  return [
    { address: local, prefixLength, ...(address !== undefined && address !== local && { peer: address }) },
  ];
}

/**
 * Undefined for a rule that asks for more than our rules ever do: it is somebody else's, whatever its
 * protocol number.
 */
export function toRule(message: RuleMessage): Rule | undefined {
  const { family, action, flags, tos, destination, iifname, others, priority, table, protocol } = message;
  const plain = action === FR_ACT_TO_TBL && (flags & FIB_RULE_INVERT) === 0 && tos === 0;
  if (!plain || destination !== undefined || iifname !== undefined || others !== undefined) return undefined;
  const { source: from, mark: value, mask = WHOLE_MARK, oifname: oif, suppressPrefixLength } = message;
  return {
    family,
    priority,
    ...(from !== undefined && { from }),
    ...(value !== undefined && { mark: { value, mask } }),
    ...(oif !== undefined && { oif }),
    table,
    ...(suppressPrefixLength !== undefined && { suppressPrefixLength }),
    protocol,
  };
}

export function toForeignRule({
  priority,
  table,
  mark: value,
  mask = WHOLE_MARK,
  protocol,
}: RuleMessage): ForeignRule {
  return { priority, table, ...(value !== undefined && { mark: { value, mask } }), protocol };
}

export function fromRule({
  family,
  priority,
  from,
  mark,
  oif,
  table,
  suppressPrefixLength,
  protocol,
}: Rule): RuleMessage {
  return {
    family,
    priority,
    action: FR_ACT_TO_TBL,
    tos: 0,
    flags: 0,
    ...(from !== undefined && { source: from }),
    ...(mark !== undefined && { mark: mark.value, mask: mark.mask }),
    ...(oif !== undefined && { oifname: oif }),
    table,
    ...(suppressPrefixLength !== undefined && { suppressPrefixLength }),
    protocol,
  };
}

/** Undefined for a route of a service class: it stands beside ours and never in their place. */
export function toRoute(message: RouteMessage, name: (index: number) => string): Route | undefined {
  const { family, type, table, destination, metric, source, nexthops, protocol, tos } = message;
  if (tos !== 0) return undefined;
  return {
    family,
    type: type === RTN_UNICAST ? 'unicast' : type === RTN_UNREACHABLE ? 'unreachable' : 'other',
    table,
    ...(destination !== undefined && { destination }),
    metric,
    ...(source !== undefined && { source }),
    nexthops: nexthops.map(({ gateway, oif, weight }) => ({
      ...(gateway !== undefined && { gateway }),
      device: name(oif),
      weight,
    })),
    protocol,
  };
}

export function fromRoute(route: Route, index: (name: string) => number): RouteMessage {
  const { family, type, table, destination, metric, source, nexthops, protocol } = route;
  const direct = type === 'unicast' && nexthops.every(({ gateway }) => gateway === undefined);
  return {
    family,
    type: type === 'unreachable' ? RTN_UNREACHABLE : RTN_UNICAST,
    table,
    ...(destination !== undefined && { destination }),
    tos: 0,
    scope: direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    protocol,
    flags: 0,
    metric,
    ...(source !== undefined && { source }),
    nexthops: nexthops.map(({ gateway, device, weight }) => ({
      ...(gateway !== undefined && { gateway }),
      oif: index(device),
      weight,
      flags: 0,
    })),
  };
}
