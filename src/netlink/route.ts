import type { Address, Family } from '../network/address.ts';
import type { Prefix } from '../network/prefix.ts';
import type { Attribute } from './attribute.ts';
import { address, Layout, raw, u32 } from './layout.ts';
import {
  decodeNexthops,
  encodeNexthops,
  type GatewayAttributes,
  gatewayAttributes,
  gatewayFields,
  gatewayOf,
  type NexthopMessage,
} from './nexthop.ts';
import { addressFamily, concatenate, familyOfNumber, LITTLE_ENDIAN, struct, structView } from './struct.ts';
import { tableByte } from './table.ts';

/** Types of messages; linux/rtnetlink.h. */
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;

/** Value of `type`: there is a way. */
export const RTN_UNICAST = 1;

/** Values of `scope`: how far away the destination is. */
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;

/** Offset of the length of the destination's prefix in the payload: 0 in a default route. */
export const RTM_DST_LEN_OFFSET = 1;
/** Offset of the eight bits of the table in the payload. */
export const RTM_TABLE_OFFSET = 4;

const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_OIF = 4;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_MULTIPATH = 9;
const RTA_TABLE = 15;
const RTA_NH_ID = 30;

const HEADER = 12; // struct rtmsg
/** The low bits of rtm_flags are the RTNH_F_* of a single nexthop, the others the route's RTM_F_*. */
const NEXTHOP_FLAGS = 0xff;

/** A route; linux/rtnetlink.h. */
export interface RouteMessage {
  readonly family: Family;
  /** RTN_*; linux/rtnetlink.h. */
  readonly type: number;
  readonly table: number;
  /** Absent: the default route. */
  readonly destination?: Prefix;
  /** IPv6 only: sources that the route is for. */
  readonly from?: Prefix;
  readonly tos: number;
  /** RT_SCOPE_*; IPv4 wants RT_SCOPE_LINK for a route without gateway, IPv6 knows RT_SCOPE_UNIVERSE alone. */
  readonly scope: number;
  /** Who made the route, RTPROT_*. */
  readonly protocol: number;
  /** RTM_F_*. */
  readonly flags: number;
  /** Lower wins; IPv6 makes 1024 of 0. */
  readonly metric: number;
  /** Preferred source address. */
  readonly source?: Address;
  /** One is written in the route itself, several as RTA_MULTIPATH. */
  readonly nexthops: readonly NexthopMessage[];
  /** Nexthop object, of which `nexthops` is then the kernel's expansion. */
  readonly nexthopId?: number;
  /** Undecoded attributes: metrics, encapsulation, IPv6 preference and cache information. */
  readonly others?: readonly Attribute[];
}

interface RouteAttributes extends GatewayAttributes {
  readonly table?: number;
  readonly destination?: Address;
  readonly from?: Address;
  readonly metric?: number;
  readonly source?: Address;
  readonly multipath?: Uint8Array;
  readonly nexthopId?: number;
  readonly oif?: number;
}

/** In the order in which the kernel writes them. */
const layout = new Layout<RouteAttributes>({
  table: [RTA_TABLE, u32],
  destination: [RTA_DST, address],
  from: [RTA_SRC, address],
  metric: [RTA_PRIORITY, u32],
  source: [RTA_PREFSRC, address],
  nexthopId: [RTA_NH_ID, u32],
  multipath: [RTA_MULTIPATH, raw],
  ...gatewayFields,
  oif: [RTA_OIF, u32],
});

/** Reads the payload of an RTM_NEWROUTE or RTM_DELROUTE; throws NetlinkError EBADMSG. */
export function decodeRoute(payload: Uint8Array): RouteMessage {
  const header = structView(payload, HEADER);
  const flags = header.getUint32(8, LITTLE_ENDIAN);
  const others: Attribute[] = [];
  const attributes = layout.decode(payload.subarray(HEADER), others);
  const {
    table = header.getUint8(RTM_TABLE_OFFSET),
    metric = 0,
    destination,
    from,
    source,
    nexthopId,
  } = attributes;
  return {
    family: familyOfNumber(header.getUint8(0)),
    type: header.getUint8(7),
    table,
    ...(destination !== undefined && { destination: { address: destination, length: header.getUint8(1) } }),
    ...(from !== undefined && { from: { address: from, length: header.getUint8(2) } }),
    tos: header.getUint8(3),
    scope: header.getUint8(6),
    protocol: header.getUint8(5),
    flags: (flags & ~NEXTHOP_FLAGS) >>> 0,
    metric,
    ...(source !== undefined && { source }),
    nexthops: nexthopsOf(attributes, flags & NEXTHOP_FLAGS),
    ...(nexthopId !== undefined && { nexthopId }),
    ...(others.length > 0 && { others }),
  };
}

function nexthopsOf(attributes: RouteAttributes, flags: number): NexthopMessage[] {
  if (attributes.multipath !== undefined) return decodeNexthops(attributes.multipath);
  const gateway = gatewayOf(attributes);
  if (attributes.oif === undefined && gateway.gateway === undefined) return [];
  return [{ ...gateway, oif: attributes.oif ?? 0, weight: 1, flags }];
}

/** The payload that `decodeRoute` reads: what the kernel takes for the same route. */
export function encodeRoute(route: RouteMessage): Uint8Array {
  const { family, destination, from, table, metric, source, nexthops, others } = route;
  const [first] = nexthops;
  const header = struct(HEADER, (view) => {
    view.setUint8(0, addressFamily(family));
    view.setUint8(1, destination?.length ?? 0);
    view.setUint8(2, from?.length ?? 0);
    view.setUint8(3, route.tos);
    view.setUint8(RTM_TABLE_OFFSET, tableByte(table));
    view.setUint8(5, route.protocol);
    view.setUint8(6, route.scope);
    view.setUint8(7, route.type);
    view.setUint32(
      8,
      route.flags | (first !== undefined && nexthops.length === 1 ? first.flags : 0),
      LITTLE_ENDIAN,
    );
  });
  const attributes = {
    table,
    destination: destination?.address,
    from: from?.address,
    metric: metric === 0 ? undefined : metric,
    source,
    ...nexthopAttributes(route),
  };
  return concatenate([header, layout.encode(attributes, others)]);
}

function nexthopAttributes({ family, nexthops, nexthopId }: RouteMessage): RouteAttributes {
  // The kernel wants either the object or its expansion.
  if (nexthopId !== undefined) return { nexthopId };
  const [first, second] = nexthops;
  if (first === undefined) return {};
  if (second !== undefined) return { multipath: encodeNexthops(family, nexthops) };
  return { ...gatewayAttributes(family, first.gateway), oif: first.oif };
}
