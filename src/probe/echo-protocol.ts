import { AF_INET, AF_INET6 } from '../native/sockaddr.ts';
import type { Datagram } from '../native.ts';
import type { Family } from '../network/address.ts';
import { echoFilter, echoFilter6 } from './filter.ts';
import { type EchoError, type EchoReply, ICMP_ECHO, readEcho } from './icmp.ts';
import { ICMPV6_ECHO_REQUEST, IPPROTO_ICMPV6, readEcho6, sender6 } from './icmp6.ts';

/** ICMP or ICMPv6, as far as a socket for echo requests has to know which. */
export interface EchoProtocol {
  readonly domain: number;
  readonly number: number;
  /** Bytes of a struct sockaddr_in or sockaddr_in6. */
  readonly addressSize: number;
  /** Type of a request. */
  readonly request: number;
  /** struct sock_filter[] that passes what is about requests with that identifier. */
  filter(identifier: number): Uint8Array;
  /** What a raw socket received; undefined when it is about no echo request. */
  read(datagram: Pick<Datagram, 'data' | 'address'>): EchoReply | EchoError | undefined;
}

const IPPROTO_ICMP = 1;

export const ECHO_PROTOCOLS: Readonly<Record<Family, EchoProtocol>> = {
  4: {
    domain: AF_INET,
    number: IPPROTO_ICMP,
    addressSize: 16,
    request: ICMP_ECHO,
    filter: echoFilter,
    read: ({ data }) => readEcho(data),
  },
  6: {
    domain: AF_INET6,
    number: IPPROTO_ICMPV6,
    addressSize: 28,
    request: ICMPV6_ECHO_REQUEST,
    filter: echoFilter6,
    read: ({ data, address }) => readEcho6(data, sender6(address)),
  },
};
