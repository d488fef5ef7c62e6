import type { Address, Family } from '../network/address.ts';
import { address, Layout, linkLayerAddress } from './layout.ts';
import { addressFamily, concatenate, familyOfNumber, LITTLE_ENDIAN, struct, structView } from './struct.ts';

/** Types of messages; linux/rtnetlink.h. */
export const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;

/** Values of `state`: it has answered a moment ago, or longer ago. */
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
/** Its address is about to be, or is being confirmed. */
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
/** Nobody answers at this address. */
export const NUD_FAILED = 0x20;
/** It needs no address, as on a point-to-point link; its address was set by hand. */
export const NUD_NOARP = 0x40;
export const NUD_PERMANENT = 0x80;

/** Value of `flags`: the kernel shall look for the neighbour as if a packet waited for it. */
export const NTF_USE = 0x01;

const NDA_DST = 1;
const NDA_LLADDR = 2;
/** In the request for a dump: the index of the one interface to list. */
export const NDA_IFINDEX = 8;

const HEADER = 12; // struct ndmsg

/** Offset of the state (u16, host order) in the payload. */
export const NDM_STATE_OFFSET = 8;
const NDM_FLAGS_OFFSET = 10;

/** An entry of a neighbour table; linux/neighbour.h. */
export interface NeighbourMessage {
  readonly family: Family;
  /** Index of the interface. */
  readonly index: number;
  /** NUD_*, one bit each; linux/neighbour.h. */
  readonly state: number;
  /** NTF_*, one bit each. */
  readonly flags: number;
  readonly destination?: Address;
  /** As `ip` prints it: "02:00:00:00:00:01". */
  readonly linkLayer?: string;
}

const layout = new Layout<Pick<NeighbourMessage, 'destination' | 'linkLayer'>>({
  destination: [NDA_DST, address],
  linkLayer: [NDA_LLADDR, linkLayerAddress],
});

/** Reads the payload of an RTM_NEWNEIGH or RTM_DELNEIGH; throws NetlinkError EBADMSG. */
export function decodeNeighbour(payload: Uint8Array): NeighbourMessage {
  const header = structView(payload, HEADER);
  return {
    ...layout.decode(payload.subarray(HEADER)),
    family: familyOfNumber(header.getUint8(0)),
    index: header.getInt32(4, LITTLE_ENDIAN),
    state: header.getUint16(NDM_STATE_OFFSET, LITTLE_ENDIAN),
    flags: header.getUint8(NDM_FLAGS_OFFSET),
  };
}

/** The payload that `decodeNeighbour` reads. */
export function encodeNeighbour(message: NeighbourMessage): Uint8Array {
  const header = struct(HEADER, (view) => {
    view.setUint8(0, addressFamily(message.family));
    view.setInt32(4, message.index, LITTLE_ENDIAN);
    view.setUint16(NDM_STATE_OFFSET, message.state, LITTLE_ENDIAN);
    view.setUint8(NDM_FLAGS_OFFSET, message.flags);
  });
  return concatenate([header, layout.encode(message)]);
}
