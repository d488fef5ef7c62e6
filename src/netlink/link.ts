import { type Codec, flag, Layout, text, u8, u32 } from './layout.ts';
import { AF_UNSPEC, concatenate, LITTLE_ENDIAN, struct, structView } from './struct.ts';

/** Types of messages; linux/rtnetlink.h. */
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

/** Bits of `flags`; linux/if.h. */
export const IFF_UP = 0x1;
export const IFF_POINTOPOINT = 0x10;
export const IFF_RUNNING = 0x40;
export const IFF_NOARP = 0x80;
export const IFF_LOWER_UP = 0x10000;

const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_OPERSTATE = 16;
const IFLA_LINKINFO = 18;
const IFLA_STATS64 = 23;
const IFLA_CARRIER = 33;
const IFLA_INFO_KIND = 1;

const HEADER = 16; // struct ifinfomsg

/** Traffic since the interface was made. */
export interface LinkStatistics {
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** A network interface; linux/if_link.h. What is optional is absent from the kernel's partial messages. */
export interface LinkMessage {
  readonly index: number;
  readonly name: string;
  /** Hardware type, ARPHRD_*; linux/if_arp.h. */
  readonly type: number;
  /** IFF_*. */
  readonly flags: number;
  /** RFC 2863 operational status, IF_OPER_*: 0 unknown, 2 down, 6 up; linux/if.h. */
  readonly operstate?: number;
  readonly carrier?: boolean;
  readonly mtu?: number;
  /** Index of the bridge or bond that the interface belongs to. */
  readonly master?: number;
  /** Driver of a virtual interface: "veth", "vlan", "tun". */
  readonly kind?: string;
  readonly statistics?: LinkStatistics;
}

const linkInfo = new Layout<{ kind?: string }>({ kind: [IFLA_INFO_KIND, text] });

const kind: Codec<string> = {
  decode: (bytes) => linkInfo.decode(bytes).kind ?? '',
  encode: (value) => linkInfo.encode({ kind: value }),
};

/** struct rtnl_link_stats64, of which the packet counters and the errors are left out. */
const statistics: Codec<LinkStatistics> = {
  decode: (bytes) => {
    const view = structView(bytes, 32);
    return {
      rxBytes: Number(view.getBigUint64(16, LITTLE_ENDIAN)),
      txBytes: Number(view.getBigUint64(24, LITTLE_ENDIAN)),
    };
  },
  encode: ({ rxBytes, txBytes }) =>
    struct(32, (view) => {
      view.setBigUint64(16, BigInt(rxBytes), LITTLE_ENDIAN);
      view.setBigUint64(24, BigInt(txBytes), LITTLE_ENDIAN);
    }),
};

const layout = new Layout<Omit<LinkMessage, 'index' | 'type' | 'flags'>>({
  name: [IFLA_IFNAME, text],
  mtu: [IFLA_MTU, u32],
  master: [IFLA_MASTER, u32],
  operstate: [IFLA_OPERSTATE, u8],
  kind: [IFLA_LINKINFO, kind],
  statistics: [IFLA_STATS64, statistics],
  carrier: [IFLA_CARRIER, flag],
});

/** Reads the payload of an RTM_NEWLINK or RTM_DELLINK; throws NetlinkError EBADMSG. */
export function decodeLink(payload: Uint8Array): LinkMessage {
  const header = structView(payload, HEADER);
  return {
    name: '',
    ...layout.decode(payload.subarray(HEADER)),
    type: header.getUint16(2, LITTLE_ENDIAN),
    index: header.getInt32(4, LITTLE_ENDIAN),
    flags: header.getUint32(8, LITTLE_ENDIAN),
  };
}

/** The payload that `decodeLink` reads. */
export function encodeLink(link: LinkMessage): Uint8Array {
  const header = struct(HEADER, (view) => {
    view.setUint8(0, AF_UNSPEC);
    view.setUint16(2, link.type, LITTLE_ENDIAN);
    view.setInt32(4, link.index, LITTLE_ENDIAN);
    view.setUint32(8, link.flags, LITTLE_ENDIAN);
  });
  return concatenate([header, layout.encode(link)]);
}
