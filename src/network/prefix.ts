import { type Address, addressBytes, type Family } from './address.ts';

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

/** As `ip` prints it: "198.18.0.0/24"; a single address without its length. */
export function formatPrefix(prefix: Prefix): string {
  return prefix.length === host(prefix.address).length
    ? prefix.address
    : `${prefix.address}/${prefix.length}`;
}

/** An address of the same IP version is in the prefix. */
export function contains({ address, length }: Prefix, other: Address): boolean {
  const [own, asked] = [addressBytes(address), addressBytes(other)];
  return own.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return (byte ^ (asked[index] ?? 0)) >> (8 - kept) === 0;
  });
}
