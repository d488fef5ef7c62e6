import { type Address, addressBytes, addressText, type Family, familyOf } from '../network/address.ts';
import { align } from './attribute.ts';
import { malformed } from './error.ts';
import { address, type Codec, Layout } from './layout.ts';
import { addressFamily, concatenate, LITTLE_ENDIAN, struct, structView } from './struct.ts';

/** In a nexthop's `flags`: the kernel does not use it. */
export const RTNH_F_DEAD = 0x01;
/** Its gateway is on the link, whatever the addresses of the interface say. */
export const RTNH_F_ONLINK = 0x04;
/** Its interface has no carrier. */
export const RTNH_F_LINKDOWN = 0x10;

const RTA_GATEWAY = 5;
const RTA_VIA = 18;

const HEADER = 8; // struct rtnexthop: u16 rtnh_len, u8 rtnh_flags, u8 rtnh_hops, s32 rtnh_ifindex

/** One way that a route may take. */
export interface NexthopMessage {
  /** May be of the other IP version than the route (RFC 5549). */
  readonly gateway?: Address;
  /** Index of the interface; 0 leaves the choice to the kernel. */
  readonly oif: number;
  /** Share among the nexthops, 1 to 256; always 1 when there is no other. */
  readonly weight: number;
  /**
   * RTNH_F_*; linux/rtnetlink.h. RTNH_F_DEAD and RTNH_F_LINKDOWN are the kernel's to tell: a route to set may
   * have neither.
   */
  readonly flags: number;
}

/** How the attributes of a route or a nexthop name its gateway. */
export interface GatewayAttributes {
  readonly gateway?: Address;
  readonly via?: Address;
}

/** struct rtvia: the address family, then the address. */
const via: Codec<Address> = {
  decode: (bytes) => {
    if (bytes.length !== 6 && bytes.length !== 18) throw malformed(`RTA_VIA of ${bytes.length} bytes`);
    return addressText(bytes.subarray(2));
  },
  encode: (value) => {
    const family = struct(2, (view) => view.setUint16(0, addressFamily(familyOf(value)), LITTLE_ENDIAN));
    return concatenate([family, addressBytes(value)]);
  },
};

/** The attributes of a gateway, for the layout of a route and of each of its nexthops. */
export const gatewayFields = {
  gateway: [RTA_GATEWAY, address],
  via: [RTA_VIA, via],
} as const;

const layout = new Layout<GatewayAttributes>(gatewayFields);

/** RTA_GATEWAY, or RTA_VIA when the gateway is not of the route's family. */
export function gatewayAttributes(family: Family, gateway: Address | undefined): GatewayAttributes {
  if (gateway === undefined) return {};
  return familyOf(gateway) === family ? { gateway } : { via: gateway };
}

/** The gateway that the attributes name, as a property to spread. */
export function gatewayOf({ gateway, via }: GatewayAttributes): { readonly gateway?: Address } {
  const address = gateway ?? via;
  return address === undefined ? {} : { gateway: address };
}

/**
 * Reads RTA_MULTIPATH; throws NetlinkError EBADMSG. Encapsulations and realms of single nexthops are left
 * out.
 */
export function decodeNexthops(bytes: Uint8Array): NexthopMessage[] {
  const nexthops: NexthopMessage[] = [];
  for (let rest = bytes; rest.length >= HEADER; ) {
    const header = structView(rest, HEADER);
    const length = header.getUint16(0, LITTLE_ENDIAN);
    if (length < HEADER || length > rest.length)
      throw malformed(`a nexthop claims ${length} of ${rest.length} bytes`);
    nexthops.push({
      ...gatewayOf(layout.decode(rest.subarray(HEADER, length))),
      oif: header.getInt32(4, LITTLE_ENDIAN),
      weight: header.getUint8(3) + 1,
      flags: header.getUint8(2),
    });
    rest = rest.subarray(align(length));
  }
  return nexthops;
}

/** The RTA_MULTIPATH that `decodeNexthops` reads, for a route of `family`. */
export function encodeNexthops(family: Family, nexthops: readonly NexthopMessage[]): Uint8Array {
  return concatenate(
    nexthops.flatMap(({ gateway, oif, weight, flags }) => {
      const attributes = layout.encode(gatewayAttributes(family, gateway));
      const header = struct(HEADER, (view) => {
        view.setUint16(0, HEADER + attributes.length, LITTLE_ENDIAN);
        view.setUint8(2, flags);
        view.setUint8(3, weight - 1);
        view.setInt32(4, oif, LITTLE_ENDIAN);
      });
      return [header, attributes];
    }),
  );
}
