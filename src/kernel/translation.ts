import {
  type AddressMessage,
  IFA_F_DADFAILED,
  IFA_F_DEPRECATED,
  IFA_F_TEMPORARY,
  IFA_F_TENTATIVE,
} from '../netlink/address.ts';
import {
  IFF_LOWER_UP,
  IFF_NOARP,
  IFF_POINTOPOINT,
  IFF_RUNNING,
  IFF_UP,
  type LinkMessage,
} from '../netlink/link.ts';
import { RTNH_F_DEAD, RTNH_F_ONLINK } from '../netlink/nexthop.ts';
import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, RTN_UNICAST, type RouteMessage } from '../netlink/route.ts';
import {
  FIB_RULE_INVERT,
  FR_ACT_BLACKHOLE,
  FR_ACT_GOTO,
  FR_ACT_NOP,
  FR_ACT_PROHIBIT,
  FR_ACT_TO_TBL,
  FR_ACT_UNREACHABLE,
  type RuleMessage,
} from '../netlink/rule.ts';
import type { Link, LinkAddress } from '../network/link.ts';
import { ROUTE_TYPES, type Route } from '../network/route.ts';
import type { PolicyRule, Rule, RuleAction } from '../network/rule.ts';

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
    ...((flags & (IFF_POINTOPOINT | IFF_NOARP)) !== 0 && { direct: true }),
    addresses: addresses.filter((address) => address.index === index).flatMap(toLinkAddress),
  };
}

/**
 * An address that connections can be made from: IPv6 has others, too, for the link alone, or not yet, or not any
 * more to be used (RFC 4862). Of IPv4 an uplink may have been given one of those.
 */
function toLinkAddress({
  family,
  local,
  address,
  prefixLength,
  flags,
  scope,
}: AddressMessage): LinkAddress[] {
  const unusable = IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_TENTATIVE;
  const discouraged = scope !== RT_SCOPE_UNIVERSE || (flags & unusable) !== 0;
  if (family === 6 && discouraged) return [];
  const own = family === 6 ? (local ?? address) : local;
  if (own === undefined) return [];
  return [
    {
      address: own,
      prefixLength,
      ...(address !== undefined && address !== own && { peer: address }),
      ...(discouraged && { discouraged }),
      ...(family === 6 && (flags & IFA_F_TEMPORARY) !== 0 && { temporary: true }),
    },
  ];
}

/**
 * Undefined for a rule that asks for more than our rules ever do: it is somebody else's, whatever its
 * protocol number.
 */
export function toRule(message: RuleMessage): Rule | undefined {
  const { action, flags, tos } = message;
  const plain = action === FR_ACT_TO_TBL && (flags & FIB_RULE_INVERT) === 0 && tos === 0;
  return plain && !asksForMore(message) ? conditions(message) : undefined;
}

const ACTIONS: Readonly<Record<number, RuleAction>> = {
  [FR_ACT_TO_TBL]: 'lookup',
  [FR_ACT_GOTO]: 'goto',
  [FR_ACT_NOP]: 'nop',
  [FR_ACT_BLACKHOLE]: 'blackhole',
  [FR_ACT_UNREACHABLE]: 'unreachable',
  [FR_ACT_PROHIBIT]: 'prohibit',
};

/** A rule of whomever. What no kernel knows today is told as one that does nothing and asks for more. */
export function toPolicyRule(message: RuleMessage): PolicyRule {
  const { action, flags, target, tos } = message;
  return {
    ...conditions(message),
    not: (flags & FIB_RULE_INVERT) !== 0,
    tos,
    action: ACTIONS[action] ?? 'nop',
    ...(target !== undefined && { target }),
    more: asksForMore(message) || ACTIONS[action] === undefined,
  };
}

const WHOLE_PORT = 0xffff;
const WHOLE_DSCP = 0x3f;

/** Than a rule of ours can: parts of ports and classes among it. */
function asksForMore({ others, sourcePortMask, destinationPortMask, dscpMask }: RuleMessage): boolean {
  const parts = [sourcePortMask, destinationPortMask].some((mask = WHOLE_PORT) => mask !== WHOLE_PORT);
  return others !== undefined || parts || (dscpMask ?? WHOLE_DSCP) !== WHOLE_DSCP;
}

/** What our rules ask for, too. */
function conditions(message: RuleMessage): Rule {
  const { family, priority, table, protocol, source: from, destination: to, mark, mask } = message;
  const { iifname: iif, oifname: oif, sourcePorts: sport, destinationPorts: dport } = message;
  const { ipProtocol, dscp, suppressPrefixLength } = message;
  return {
    family,
    priority,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    // A mark of 0 is told by its mask alone.
    ...((mark ?? mask) !== undefined && { mark: { value: mark ?? 0, mask: mask ?? WHOLE_MARK } }),
    ...(iif !== undefined && { iif }),
    ...(oif !== undefined && { oif }),
    ...(ipProtocol !== undefined && { ipProtocol }),
    ...(sport !== undefined && { sport }),
    ...(dport !== undefined && { dport }),
    ...(dscp !== undefined && { dscp }),
    table,
    ...(suppressPrefixLength !== undefined && { suppressPrefixLength }),
    protocol,
  };
}

export function fromRule(rule: Rule): RuleMessage {
  const { from, to, mark, iif, oif, sport, dport, ...same } = rule;
  return {
    ...same,
    action: FR_ACT_TO_TBL,
    tos: 0,
    flags: 0,
    ...(from !== undefined && { source: from }),
    ...(to !== undefined && { destination: to }),
    ...(mark !== undefined && { mark: mark.value, mask: mark.mask }),
    ...(iif !== undefined && { iifname: iif }),
    ...(oif !== undefined && { oifname: oif }),
    ...(sport !== undefined && { sourcePorts: sport }),
    ...(dport !== undefined && { destinationPorts: dport }),
  };
}

export function toRoute(message: RouteMessage, name: (index: number) => string): Route {
  const { family, type, table, destination, metric, source, nexthops, protocol } = message;
  return {
    family,
    type: ROUTE_TYPES[type] ?? 'unspec',
    table,
    ...(destination !== undefined && { destination }),
    metric,
    ...(source !== undefined && { source }),
    // IPv6 hangs a route that refuses on the interface lo.
    nexthops: (type === RTN_UNICAST ? nexthops : []).map(({ gateway, oif, weight, flags }) => ({
      ...(gateway !== undefined && { gateway }),
      device: name(oif),
      weight,
      ...((flags & RTNH_F_ONLINK) !== 0 && { onlink: true }),
      ...((flags & RTNH_F_DEAD) !== 0 && { dead: true }),
    })),
    protocol,
  };
}

export function fromRoute(route: Route, index: (name: string) => number): RouteMessage {
  const { family, type, table, destination, metric, source, nexthops, protocol } = route;
  const direct = family === 4 && type === 'unicast' && nexthops.every(({ gateway }) => gateway === undefined);
  return {
    family,
    type: ROUTE_TYPES.indexOf(type),
    table,
    ...(destination !== undefined && { destination }),
    tos: 0,
    scope: direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    protocol,
    flags: 0,
    metric,
    ...(source !== undefined && { source }),
    nexthops: nexthops.map(({ gateway, device, weight, onlink }) => ({
      ...(gateway !== undefined && { gateway }),
      oif: index(device),
      weight,
      flags: onlink ? RTNH_F_ONLINK : 0,
    })),
  };
}
