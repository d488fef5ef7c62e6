import { endianness } from 'node:os';
import { AF_INET, AF_INET6 } from '../native/sockaddr.ts';
import type { Family } from '../network/address.ts';
import { malformed } from './error.ts';

/** Netlink speaks the byte order of the host; the argument that DataView wants. */
export const LITTLE_ENDIAN = endianness() === 'LE';

/** Address family of what belongs to none or to all. */
export const AF_UNSPEC = 0;

/**
 * A view of the C structure at the head of `bytes`; throws NetlinkError EBADMSG when there are fewer than
 * `size` bytes.
 */
export function structView(bytes: Uint8Array, size: number): DataView {
  if (bytes.length < size) throw malformed(`${bytes.length} bytes where ${size} are needed`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A C structure of `size` zeroed bytes, filled in by `fill`. */
export function struct(size: number, fill: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  fill(new DataView(bytes.buffer));
  return bytes;
}

/** Parts one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** AF_INET or AF_INET6. */
export function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}

/** IP version of an address family; throws NetlinkError EBADMSG for any other than AF_INET and AF_INET6. */
export function familyOfNumber(number: number): Family {
  if (number === AF_INET) return 4;
  if (number === AF_INET6) return 6;
  throw malformed(`address family ${number} is neither AF_INET nor AF_INET6`);
}
