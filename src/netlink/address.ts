import type { Address, Family } from '../network/address.ts';
import { address, Layout, text, u32 } from './layout.ts';
import { addressFamily, concatenate, familyOfNumber, LITTLE_ENDIAN, struct, structView } from './struct.ts';

/** Types of messages; linux/rtnetlink.h. */
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_FLAGS = 8;

/** Values of `flags`. */
export const IFA_F_TEMPORARY = 0x01; // of IPv6; IPv4 says "secondary" with it
export const IFA_F_DADFAILED = 0x08;
export const IFA_F_DEPRECATED = 0x20;
export const IFA_F_TENTATIVE = 0x40;

const HEADER = 8; // struct ifaddrmsg

/** An address of an interface; linux/if_addr.h. */
export interface AddressMessage {
  readonly family: Family;
  /** Index of the interface. */
  readonly index: number;
  readonly prefixLength: number;
  /** RT_SCOPE_*. */
  readonly scope: number;
  /** IFA_F_*; linux/if_addr.h. */
  readonly flags: number;
  /** The interface's own address; absent for IPv6 unless there is a peer: then it is `address`. */
  readonly local?: Address;
  /** On a point-to-point link the peer's address, else the interface's own. */
  readonly address?: Address;
  readonly label?: string;
}

type Attributes = Pick<AddressMessage, 'local' | 'address' | 'label'> & { readonly flags?: number };

const layout = new Layout<Attributes>({
  address: [IFA_ADDRESS, address],
  local: [IFA_LOCAL, address],
  label: [IFA_LABEL, text],
  flags: [IFA_FLAGS, u32],
});

/** Reads the payload of an RTM_NEWADDR or RTM_DELADDR; throws NetlinkError EBADMSG. */
export function decodeAddress(payload: Uint8Array): AddressMessage {
  const header = structView(payload, HEADER);
  return {
    // The header has room for eight flags only; IFA_FLAGS has them all.
    flags: header.getUint8(2),
    ...layout.decode(payload.subarray(HEADER)),
    family: familyOfNumber(header.getUint8(0)),
    prefixLength: header.getUint8(1),
    scope: header.getUint8(3),
    index: header.getUint32(4, LITTLE_ENDIAN),
  };
}

/** The payload that `decodeAddress` reads. */
export function encodeAddress(message: AddressMessage): Uint8Array {
  const header = struct(HEADER, (view) => {
    view.setUint8(0, addressFamily(message.family));
    view.setUint8(1, message.prefixLength);
    view.setUint8(2, message.flags);
    view.setUint8(3, message.scope);
    view.setUint32(4, message.index, LITTLE_ENDIAN);
  });
  return concatenate([header, layout.encode(message)]);
}
