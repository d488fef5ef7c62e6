import { malformed } from './error.ts';
import { LITTLE_ENDIAN } from './struct.ts';

/** Flags in the two upper bits of nla_type; linux/netlink.h. */
export const NLA_TYPE_MASK = 0x3fff;

const HEADER = 4; // struct nlattr: u16 nla_len, u16 nla_type

/** A type-length-value triple; linux/netlink.h, struct nlattr. */
export interface Attribute {
  /** nla_type as transmitted, with its flags. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** Length with the padding that NLMSG_ALIGN and NLA_ALIGN put behind each part: the next multiple of four. */
export function align(length: number): number {
  return (length + 3) & ~3;
}

/**
 * The attributes in `bytes`, whose values are views of it. Throws NetlinkError EBADMSG when one is longer
 * than what is left; fewer than four bytes at the end are padding.
 */
export function* readAttributes(bytes: Uint8Array): Generator<Attribute> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let offset = 0; offset + HEADER <= bytes.length; ) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    const type = view.getUint16(offset + 2, LITTLE_ENDIAN);
    if (length < HEADER || offset + length > bytes.length)
      throw malformed(`attribute ${type & NLA_TYPE_MASK} claims ${length} of ${bytes.length - offset} bytes`);
    yield { type, value: bytes.subarray(offset + HEADER, offset + length) };
    offset += align(length);
  }
}

/** The bytes of attributes, each padded; throws RangeError when a value has more than 65531 bytes. */
export function writeAttributes(attributes: readonly Attribute[]): Uint8Array<ArrayBuffer> {
  const size = attributes.reduce((sum, { value }) => sum + align(HEADER + value.length), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const { type, value } of attributes) {
    const length = HEADER + value.length;
    if (length > 0xffff)
      throw new RangeError(`attribute ${type} has ${value.length} bytes, at most 65531 fit`);
    view.setUint16(offset, length, LITTLE_ENDIAN);
    view.setUint16(offset + 2, type, LITTLE_ENDIAN);
    bytes.set(value, offset + HEADER);
    offset += align(length);
  }
  return bytes;
}
