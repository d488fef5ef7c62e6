import { type Address, addressText } from '../network/address.ts';

/*
 * ICMP echo as RFC 792 defines it. A request carries a random token behind the header: a reply without it is
 * not ours, whoever sent it.
 */

export const ICMP_ECHOREPLY = 0;
export const ICMP_DEST_UNREACH = 3;
export const ICMP_ECHO = 8;
export const ICMP_TIME_EXCEEDED = 11;

const IPPROTO_ICMP = 1;
/** Bytes of the header of an echo message, of ICMP as of ICMPv6. */
export const HEADER = 8;
/** Bytes of the token. */
export const TOKEN = 8;
/** Bytes of an echo request; as long as the common ping's, since some hosts do not answer shorter ones. */
export const ECHO_REQUEST = HEADER + 56;

/** A reply to an echo request. `token` is a view of the received bytes. */
export interface EchoReply {
  readonly kind: 'reply';
  readonly identifier: number;
  readonly sequence: number;
  readonly token: Uint8Array;
}

/**
 * A router or the kernel says that an echo request went nowhere; `token` is absent when the quotation is too
 * short to hold it.
 */
export interface EchoError {
  readonly kind: 'error';
  readonly identifier: number;
  readonly sequence: number;
  readonly token?: Uint8Array;
  /** Who says so. */
  readonly from: Address;
  /** What it says, e.g. "host unreachable". */
  readonly meaning: string;
}

/**
 * Writes an echo request of ECHO_REQUEST bytes at `offset`; identifier and sequence are 16 bits wide, the
 * token TOKEN bytes long. `type` is that of the protocol.
 */
export function writeEchoRequest(
  into: Uint8Array,
  offset: number,
  identifier: number,
  sequence: number,
  token: Uint8Array,
  type: number = ICMP_ECHO,
): void {
  const packet = into.subarray(offset, offset + ECHO_REQUEST);
  packet.fill(0);
  packet[0] = type;
  packet[4] = identifier >> 8;
  packet[5] = identifier;
  packet[6] = sequence >> 8;
  packet[7] = sequence;
  packet.set(token, HEADER);
  // That of ICMPv6 includes addresses, which the kernel alone knows.
  if (type !== ICMP_ECHO) return;
  const sum = checksum(packet);
  packet[2] = sum >> 8;
  packet[3] = sum;
}

/**
 * Reads what a raw IPv4 ICMP socket received, IP header included. Undefined for whatever is neither an echo
 * reply nor an error about an echo request: truncated, of another kind, or not IPv4.
 */
export function readEcho(packet: Uint8Array): EchoReply | EchoError | undefined {
  const icmp = ipv4Payload(packet);
  if (icmp === undefined) return undefined;
  const type = icmp[0];
  if (type === ICMP_ECHOREPLY) {
    const token = icmp.subarray(HEADER, HEADER + TOKEN);
    return token.length === TOKEN ? { kind: 'reply', ...identity(icmp), token } : undefined;
  }
  if (type !== ICMP_DEST_UNREACH && type !== ICMP_TIME_EXCEEDED) return undefined;
  const quoted = ipv4Payload(icmp.subarray(HEADER));
  if (quoted === undefined || quoted[0] !== ICMP_ECHO) return undefined;
  const token = quoted.subarray(HEADER, HEADER + TOKEN);
  return {
    kind: 'error',
    ...identity(quoted),
    ...(token.length === TOKEN && { token }),
    from: addressText(packet.subarray(12, 16)),
    meaning: type === ICMP_TIME_EXCEEDED ? 'time to live exceeded' : unreachableMeaning(icmp[1] ?? 0),
  };
}

/** The ICMP message inside an IPv4 packet (RFC 791), undefined when there is none or less than its header. */
function ipv4Payload(packet: Uint8Array): Uint8Array | undefined {
  const first = packet[0] ?? 0;
  if (first >> 4 !== 4 || packet[9] !== IPPROTO_ICMP) return undefined;
  const payload = packet.subarray((first & 0x0f) * 4);
  return payload.length >= HEADER ? payload : undefined;
}

/** Of an echo message. */
export function identity(icmp: Uint8Array): { identifier: number; sequence: number } {
  const view = new DataView(icmp.buffer, icmp.byteOffset, HEADER);
  return { identifier: view.getUint16(4), sequence: view.getUint16(6) };
}

/** Codes of "destination unreachable", RFC 792 and RFC 1812. */
function unreachableMeaning(code: number): string {
  const meanings = [
    'network unreachable',
    'host unreachable',
    'protocol unreachable',
    'port unreachable',
    'fragmentation needed',
    'source route failed',
    'network unknown',
    'host unknown',
    'source host isolated',
    'network prohibited',
    'host prohibited',
    'network unreachable for this service',
    'host unreachable for this service',
    'communication prohibited',
  ];
  return meanings[code] ?? `unreachable (code ${code})`;
}

/** The internet checksum of an even number of bytes, RFC 1071. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
