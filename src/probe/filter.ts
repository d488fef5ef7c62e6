import {
  ADD_X,
  AND,
  assemble,
  COPY_TO_X,
  DROP,
  LOAD_BYTE_AT_X,
  LOAD_HALF_AT_X,
  LOAD_IP_HEADER_LENGTH,
  NEXT,
  PASS,
  SHIFT_LEFT,
} from '../native/bpf.ts';
import { ICMP_DEST_UNREACH, ICMP_ECHO, ICMP_ECHOREPLY, ICMP_TIME_EXCEEDED } from './icmp.ts';

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
