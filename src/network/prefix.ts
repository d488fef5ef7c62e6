import { isIP } from 'node:net';
import { type Address, addressBytes, addressText, type Family, familyOf } from './address.ts';

/**
 * A set of addresses that share their leading bits; the length 0 is everything ("default" for a route, "all"
 * for a rule).
 */
export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

/** Number of bits in an address of a family. */
export function bits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** The prefix that holds one address alone. */
export function host(address: Address): Prefix {
  return { address, length: bits(address.includes(':') ? 6 : 4) };
}

/**
 * The prefix that a text names: "198.18.0.0/24", or one address alone; undefined when it names none. Its address is
 * canonical and may have bits beyond the length.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const [, given = '', digits] = /^([^%/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (isIP(given) === 0) return undefined;
  const most = bits(familyOf(given));
  const length = digits === undefined ? most : Number(digits);
  return length > most ? undefined : { address: addressText(addressBytes(given)), length };
}

/** The prefix without the bits of its address beyond its length. */
export function masked({ address, length }: Prefix): Prefix {
  const bytes = addressBytes(address).map((byte, index) => byte & keptBits(length, index));
  return { address: addressText(bytes), length };
}

/** Mask of the byte at a place of the address that belongs to the prefix. */
function keptBits(length: number, index: number): number {
  return 0xff & ~(0xff >> Math.min(8, Math.max(0, length - index * 8)));
}

/** As `ip` prints it: "198.18.0.0/24"; a single address without its length. */
export function formatPrefix(prefix: Prefix): string {
  return prefix.length === host(prefix.address).length
    ? prefix.address
    : `${prefix.address}/${prefix.length}`;
}

/** An address of the same IP version is in the prefix. */
export function contains({ address, length }: Prefix, other: Address): boolean {
  const [own, asked] = [addressBytes(address), addressBytes(other)];
  return own.every((byte, index) => ((byte ^ (asked[index] ?? 0)) & keptBits(length, index)) === 0);
}
