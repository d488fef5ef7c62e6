import { type Address, familyOf } from '../network/address.ts';
import { bits } from '../network/prefix.ts';
import { address, Layout, u8, u16be, u32 } from './layout.ts';
import { addressFamily, concatenate, LITTLE_ENDIAN, struct } from './struct.ts';

const RTA_DST = 1;
const RTA_SRC = 2;
const RTA_IIF = 3;
const RTA_OIF = 4;
const RTA_MARK = 16;
const RTA_IP_PROTO = 27;
const RTA_SPORT = 28;
const RTA_DPORT = 29;

/** Asks for the table that the answer comes from, or for its entry as it stands there; linux/rtnetlink.h. */
const RTM_F_LOOKUP_TABLE = 0x1000;
const RTM_F_FIB_MATCH = 0x2000;

/** A packet whose way is asked for, as `ip route get` does. */
export interface RouteQuery {
  readonly destination: Address;
  readonly source?: Address;
  readonly mark?: number;
  /** Index of the interface that the packet comes from; absent for this host's own. */
  readonly iif?: number;
  /** Index of the interface that the socket is bound to. */
  readonly oif?: number;
  /** TCP, UDP or ICMP of the family (IPPROTO_*); the kernel takes IPv4 for UDP where it is absent. */
  readonly ipProtocol?: number;
  readonly sport?: number;
  readonly dport?: number;
  /** Class of service (RFC 2474), 0 to 63. */
  readonly dscp?: number;
}

const layout = new Layout<Omit<RouteQuery, 'dscp'>>({
  destination: [RTA_DST, address],
  source: [RTA_SRC, address],
  iif: [RTA_IIF, u32],
  oif: [RTA_OIF, u32],
  mark: [RTA_MARK, u32],
  ipProtocol: [RTA_IP_PROTO, u8],
  sport: [RTA_SPORT, u16be],
  dport: [RTA_DPORT, u16be],
});

/**
 * The payload of an RTM_GETROUTE that is no dump: for the way of this packet, or for the entry of the table that
 * decides about it. Throws TypeError when an address is none.
 */
export function encodeRouteQuery(query: RouteQuery, answer: 'way' | 'entry' = 'way'): Uint8Array {
  const family = familyOf(query.destination);
  const header = struct(12, (view) => {
    // struct rtmsg: rtm_family, rtm_dst_len, rtm_src_len, rtm_tos, ..., u32 rtm_flags
    view.setUint8(0, addressFamily(family));
    view.setUint8(1, bits(family));
    view.setUint8(2, query.source === undefined ? 0 : bits(family));
    view.setUint8(3, (query.dscp ?? 0) << 2);
    // IPv6 tells the table in any case, and is not to be asked for it.
    const table = family === 4 ? RTM_F_LOOKUP_TABLE : 0;
    view.setUint32(8, table | (answer === 'entry' ? RTM_F_FIB_MATCH : 0), LITTLE_ENDIAN);
  });
  return concatenate([header, layout.encode(query)]);
}
