import { type Address, addressText } from '../network/address.ts';
import { type EchoError, type EchoReply, HEADER, identity, TOKEN } from './icmp.ts';

/*
 * ICMPv6 echo as RFC 4443 defines it. A raw socket hands over the message without the IPv6 header, and the kernel
 * writes the checksum.
 */

export const ICMPV6_DEST_UNREACH = 1;
export const ICMPV6_PKT_TOOBIG = 2;
export const ICMPV6_TIME_EXCEED = 3;
export const ICMPV6_PARAMPROB = 4;
export const ICMPV6_ECHO_REQUEST = 128;
export const ICMPV6_ECHO_REPLY = 129;

export const IPPROTO_ICMPV6 = 58;
/** Of the IPv6 header, RFC 8200: its size, and where it says what follows. */
export const IPV6_HEADER = 40;
export const NEXT_HEADER = 6;

/**
 * Reads what a raw ICMPv6 socket received from an address. Undefined for whatever is neither an echo reply nor an error
 * about an echo request: truncated, or of another kind.
 */
export function readEcho6(message: Uint8Array, from: Address): EchoReply | EchoError | undefined {
  if (message.length < HEADER) return undefined;
  const type = message[0] ?? 0;
  if (type === ICMPV6_ECHO_REPLY) {
    const token = message.subarray(HEADER, HEADER + TOKEN);
    return token.length === TOKEN ? { kind: 'reply', ...identity(message), token } : undefined;
  }
  const quoted = quotedEcho(message);
  if (quoted === undefined || type < ICMPV6_DEST_UNREACH || type > ICMPV6_PARAMPROB) return undefined;
  const token = quoted.subarray(HEADER, HEADER + TOKEN);
  return {
    kind: 'error',
    ...identity(quoted),
    ...(token.length === TOKEN && { token }),
    from,
    meaning: meaningOf(type, message[1] ?? 0),
  };
}

/** The sender of a packet, of its struct sockaddr_in6. */
export function sender6(sockaddr: Uint8Array): Address {
  return addressText(sockaddr.subarray(8, 24));
}

/** The echo request inside an error; it quotes the packet from its IPv6 header on. Ours have no extension headers. */
function quotedEcho(message: Uint8Array): Uint8Array | undefined {
  const packet = message.subarray(HEADER);
  const echo = packet.subarray(IPV6_HEADER);
  const isOurs = packet[NEXT_HEADER] === IPPROTO_ICMPV6 && echo[0] === ICMPV6_ECHO_REQUEST;
  return isOurs && echo.length >= HEADER ? echo : undefined;
}

function meaningOf(type: number, code: number): string {
  if (type === ICMPV6_PKT_TOOBIG) return 'packet too big';
  if (type === ICMPV6_TIME_EXCEED) return 'hop limit exceeded';
  if (type === ICMPV6_PARAMPROB) return 'parameter problem';
  const meanings = [
    'no route to destination',
    'communication prohibited',
    'beyond scope of source address',
    'address unreachable',
    'port unreachable',
    'source address prohibited',
    'route rejected',
  ];
  return meanings[code] ?? `unreachable (code ${code})`;
}
