import {
  ADD_X,
  AND,
  assemble,
  COPY_TO_X,
  DROP,
  LOAD_BYTE,
  LOAD_BYTE_AT_X,
  LOAD_HALF,
  LOAD_HALF_AT_X,
  LOAD_IP_HEADER_LENGTH,
  NEXT,
  PASS,
  SHIFT_LEFT,
} from '../native/bpf.ts';
import {
  ICMPV6_DEST_UNREACH,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  ICMPV6_PARAMPROB,
  ICMPV6_PKT_TOOBIG,
  ICMPV6_TIME_EXCEED,
  IPPROTO_ICMPV6,
  IPV6_HEADER,
  NEXT_HEADER,
} from './icmp6.ts';
import { HEADER, ICMP_DEST_UNREACH, ICMP_ECHO, ICMP_ECHOREPLY, ICMP_TIME_EXCEEDED } from './icmp.ts';

/**
 * A socket filter for a raw IPv4 ICMP socket that passes echo replies to `identifier` (16 bits) and errors
 * that quote an echo request of it. A raw ICMP socket gets a copy of every ICMP packet that its interface
 * receives: without the filter somebody's ping flood would wake the daemon once a packet.
 */
export function echoFilter(identifier: number): Uint8Array {
  return assemble([
    { operation: LOAD_IP_HEADER_LENGTH },
    { operation: LOAD_BYTE_AT_X }, // ICMP type
    { equals: ICMP_ECHOREPLY, to: NEXT, otherwise: 'error' },
    { operation: LOAD_HALF_AT_X, k: 4 }, // identifier
    { equals: identifier, to: PASS, otherwise: DROP },
    { label: 'error', equals: ICMP_DEST_UNREACH, to: 'quotation', otherwise: NEXT },
    { equals: ICMP_TIME_EXCEEDED, to: NEXT, otherwise: DROP },
    { label: 'quotation', operation: LOAD_BYTE_AT_X, k: 8 }, // length of the quoted IP header, in words
    { operation: AND, k: 0x0f },
    { operation: SHIFT_LEFT, k: 2 },
    { operation: ADD_X },
    { operation: COPY_TO_X },
    { operation: LOAD_BYTE_AT_X, k: 8 }, // ICMP type of the quoted packet
    { equals: ICMP_ECHO, to: NEXT, otherwise: DROP },
    { operation: LOAD_HALF_AT_X, k: 12 }, // and its identifier
    { equals: identifier, to: PASS, otherwise: DROP },
  ]);
}

/** The same for a raw ICMPv6 socket, to which packets come without their IPv6 header. */
export function echoFilter6(identifier: number): Uint8Array {
  const quoted = HEADER + IPV6_HEADER;
  return assemble([
    { operation: LOAD_BYTE, k: 0 }, // ICMPv6 type
    { equals: ICMPV6_ECHO_REPLY, to: NEXT, otherwise: 'error' },
    { operation: LOAD_HALF, k: 4 }, // identifier
    { equals: identifier, to: PASS, otherwise: DROP },
    { label: 'error', equals: ICMPV6_DEST_UNREACH, to: 'quotation', otherwise: NEXT },
    { equals: ICMPV6_PKT_TOOBIG, to: 'quotation', otherwise: NEXT },
    { equals: ICMPV6_TIME_EXCEED, to: 'quotation', otherwise: NEXT },
    { equals: ICMPV6_PARAMPROB, to: 'quotation', otherwise: DROP },
    { label: 'quotation', operation: LOAD_BYTE, k: HEADER + NEXT_HEADER },
    { equals: IPPROTO_ICMPV6, to: NEXT, otherwise: DROP },
    { operation: LOAD_BYTE, k: quoted }, // ICMPv6 type of the quoted packet
    { equals: ICMPV6_ECHO_REQUEST, to: NEXT, otherwise: DROP },
    { operation: LOAD_HALF, k: quoted + 4 }, // and its identifier
    { equals: identifier, to: PASS, otherwise: DROP },
  ]);
}
