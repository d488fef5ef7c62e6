import { isIPv4, isIPv6 } from 'node:net';

/** An IP address in canonical text: "198.18.0.1", "2001:db8::1". Two equal addresses are equal strings. */
export type Address = string;

/** IP version of an address, rule or route. */
export type Family = 4 | 6;

export const FAMILIES = [4, 6] as const;

/** Version of an address; throws TypeError when the text is no IP address. */
export function familyOf(address: Address): Family {
  if (isIPv4(address)) return 4;
  if (isIPv6(address)) return 6;
  throw new TypeError(`"${address}" is not an IP address`);
}

/**
 * Network-order bytes of an address: 4 for IPv4, 16 for IPv6; throws TypeError when the text is no IP
 * address.
 */
export function addressBytes(address: Address): Uint8Array {
  if (familyOf(address) === 4) return Uint8Array.from(address.split('.'), Number);
  return ipv6Bytes(address);
}

/**
 * Canonical text of 4 or 16 network-order bytes (IPv6 as RFC 5952 writes it); throws RangeError for other
 * lengths.
 */
export function addressText(bytes: Uint8Array): Address {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) throw new RangeError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
  return ipv6Text(bytes);
}

function ipv6Bytes(address: Address): Uint8Array {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? dotted[1] + hextet(dotted[2], dotted[3]) + ':' + hextet(dotted[4], dotted[5])
    : address;
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  groups.forEach((group, index) => view.setUint16(index * 2, Number.parseInt(group, 16)));
  return bytes;
}

function hextet(high: string | undefined, low: string | undefined): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function ipv6Text(bytes: Uint8Array): Address {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16));
  const zeros = longestZeroRun(groups);
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, index) => {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}
