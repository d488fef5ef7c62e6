import type { Address, Family } from '../network/address.ts';
import type { PortRange } from '../network/port-range.ts';
import type { Prefix } from '../network/prefix.ts';
import type { Attribute } from './attribute.ts';
import { address, type Codec, Layout, text, u8, u16, u32 } from './layout.ts';
import { addressFamily, concatenate, familyOfNumber, LITTLE_ENDIAN, struct, structView } from './struct.ts';
import { tableByte } from './table.ts';

/** Types of messages; linux/rtnetlink.h. */
export const RTM_NEWRULE = 32;
export const RTM_DELRULE = 33;
export const RTM_GETRULE = 34;

/** Values of `action`: look the route up in a table; go on with another rule, or the next; refuse. */
export const FR_ACT_TO_TBL = 1;
export const FR_ACT_GOTO = 2;
export const FR_ACT_NOP = 3;
export const FR_ACT_BLACKHOLE = 6;
export const FR_ACT_UNREACHABLE = 7;
export const FR_ACT_PROHIBIT = 8;

/** In `flags`: the rule is for what it does not match. */
export const FIB_RULE_INVERT = 0x02;

const FRA_DST = 1;
const FRA_SRC = 2;
const FRA_IIFNAME = 3;
const FRA_GOTO = 4;
const FRA_PRIORITY = 6;
const FRA_FWMARK = 10;
const FRA_SUPPRESS_PREFIXLEN = 14;
const FRA_TABLE = 15;
const FRA_FWMASK = 16;
const FRA_OIFNAME = 17;
const FRA_PROTOCOL = 21;
const FRA_IP_PROTO = 22;
const FRA_SPORT_RANGE = 23;
const FRA_DPORT_RANGE = 24;
const FRA_DSCP = 25;
const FRA_SPORT_MASK = 28;
const FRA_DPORT_MASK = 29;
const FRA_DSCP_MASK = 30;

const HEADER = 12; // struct fib_rule_hdr
const NO_SUPPRESSION = 0xffff_ffff;

/** A routing policy rule; linux/fib_rules.h. */
export interface RuleMessage {
  readonly family: Family;
  readonly priority: number;
  /** FR_ACT_*; linux/fib_rules.h. */
  readonly action: number;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly tos: number;
  /** Packet mark; whole without a mask. */
  readonly mark?: number;
  readonly mask?: number;
  readonly iifname?: string;
  readonly oifname?: string;
  /** What the packet carries, IPPROTO_*. */
  readonly ipProtocol?: number;
  readonly sourcePorts?: PortRange;
  /** Bits of a single port that are compared; without it all of them. */
  readonly sourcePortMask?: number;
  readonly destinationPorts?: PortRange;
  readonly destinationPortMask?: number;
  /** Class of service (RFC 2474), 0 to 63; kernels before 6.13 do not hear it. */
  readonly dscp?: number;
  /** Bits of it that are compared; without it all of them. */
  readonly dscpMask?: number;
  /** Priority of the rule that FR_ACT_GOTO goes on with. */
  readonly target?: number;
  readonly table: number;
  /** Results of the lookup whose prefix is this long or shorter are rejected. */
  readonly suppressPrefixLength?: number;
  /** Who made the rule, RTPROT_*; 0 in a deletion is anybody. */
  readonly protocol: number;
  /** FIB_RULE_*; linux/fib_rules.h. */
  readonly flags: number;
  /** What else the rule asks for, undecoded: users, tunnels. A rule with any is not one without. */
  readonly others?: readonly Attribute[];
}

/** Addresses stand without their lengths there, and the rest in the header. */
type RuleAttributes = Omit<
  RuleMessage,
  'family' | 'action' | 'source' | 'destination' | 'tos' | 'flags' | 'others'
> & {
  readonly source?: Address;
  readonly destination?: Address;
};

/** struct fib_rule_port_range. */
const portRange: Codec<PortRange> = {
  decode: (bytes) => {
    const view = structView(bytes, 4);
    return { first: view.getUint16(0, LITTLE_ENDIAN), last: view.getUint16(2, LITTLE_ENDIAN) };
  },
  encode: ({ first, last }) =>
    struct(4, (view) => {
      view.setUint16(0, first, LITTLE_ENDIAN);
      view.setUint16(2, last, LITTLE_ENDIAN);
    }),
};

/** In the order in which the kernel writes them. */
const layout = new Layout<RuleAttributes>({
  table: [FRA_TABLE, u32],
  suppressPrefixLength: [FRA_SUPPRESS_PREFIXLEN, u32],
  protocol: [FRA_PROTOCOL, u8],
  iifname: [FRA_IIFNAME, text],
  oifname: [FRA_OIFNAME, text],
  priority: [FRA_PRIORITY, u32],
  mark: [FRA_FWMARK, u32],
  mask: [FRA_FWMASK, u32],
  target: [FRA_GOTO, u32],
  sourcePorts: [FRA_SPORT_RANGE, portRange],
  sourcePortMask: [FRA_SPORT_MASK, u16],
  destinationPorts: [FRA_DPORT_RANGE, portRange],
  destinationPortMask: [FRA_DPORT_MASK, u16],
  ipProtocol: [FRA_IP_PROTO, u8],
  dscp: [FRA_DSCP, u8],
  dscpMask: [FRA_DSCP_MASK, u8],
  destination: [FRA_DST, address],
  source: [FRA_SRC, address],
});

/** Reads the payload of an RTM_NEWRULE or RTM_DELRULE; throws NetlinkError EBADMSG. */
export function decodeRule(payload: Uint8Array): RuleMessage {
  const header = structView(payload, HEADER);
  const others: Attribute[] = [];
  const { source, destination, suppressPrefixLength, ...attributes } = layout.decode(
    payload.subarray(HEADER),
    others,
  );
  return {
    table: header.getUint8(4),
    priority: 0,
    protocol: 0,
    ...attributes,
    ...(suppressPrefixLength !== undefined &&
      suppressPrefixLength !== NO_SUPPRESSION && { suppressPrefixLength }),
    family: familyOfNumber(header.getUint8(0)),
    ...(destination !== undefined && { destination: { address: destination, length: header.getUint8(1) } }),
    ...(source !== undefined && { source: { address: source, length: header.getUint8(2) } }),
    tos: header.getUint8(3),
    action: header.getUint8(7),
    flags: header.getUint32(8, LITTLE_ENDIAN),
    ...(others.length > 0 && { others }),
  };
}

/** The payload that `decodeRule` reads: what the kernel writes for the same rule. */
export function encodeRule(rule: RuleMessage): Uint8Array {
  const { source, destination, others, suppressPrefixLength = NO_SUPPRESSION, ...same } = rule;
  const header = struct(HEADER, (view) => {
    view.setUint8(0, addressFamily(rule.family));
    view.setUint8(1, destination?.length ?? 0);
    view.setUint8(2, source?.length ?? 0);
    view.setUint8(3, rule.tos);
    view.setUint8(4, tableByte(rule.table));
    view.setUint8(7, rule.action);
    view.setUint32(8, rule.flags, LITTLE_ENDIAN);
  });
  const addresses = { source: source?.address, destination: destination?.address };
  return concatenate([header, layout.encode({ ...same, ...addresses, suppressPrefixLength }, others)]);
}
