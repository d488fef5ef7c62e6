import { AF_NETLINK, netlinkAddress } from '../native/sockaddr.ts';
import { type Datagram, SOCK_RAW, Socket } from '../native.ts';
import { NetlinkError } from './error.ts';
import { LITTLE_ENDIAN, structView } from './struct.ts';

/** Protocols; linux/netlink.h. */
export const NETLINK_ROUTE = 0;
export const NETLINK_NETFILTER = 12;

/** Options of a netlink socket; linux/netlink.h. */
export const SOL_NETLINK = 270;
export const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** What requests need of a socket, so that a scripted peer can take the kernel's place. */
export interface Transport {
  /** nlmsg_pid in the events that requests over this transport cause. */
  readonly portId: number;
  send(message: Uint8Array): void;
  /** Hands on the datagrams that wait, valid until `each` returns; false when there are none. Never waits. */
  receive(each: (datagram: Uint8Array) => void): boolean;
  close(): void;
}

/**
 * A bound netlink socket with room for `slots` datagrams of `slotSize` bytes at a time; throws SystemError.
 */
export function openSocket(protocol: number, shape: { slots: number; slotSize: number }): Socket {
  const socket = new Socket(AF_NETLINK, SOCK_RAW, protocol, shape);
  socket.bind(netlinkAddress());
  return socket;
}

/** The port that the kernel gave to a bound socket. */
export function portIdOf(address: Uint8Array): number {
  return structView(address, 8).getUint32(4, LITTLE_ENDIAN); // struct sockaddr_nl, nl_pid
}

/**
 * Hands on a datagram that came whole from the kernel. What another process sent (it needs CAP_NET_ADMIN) is
 * passed over; throws NetlinkError EMSGSIZE when the slot was too small.
 */
export function fromKernel({ data, length, address }: Datagram, each: (datagram: Uint8Array) => void): void {
  if (portIdOf(address) !== 0) return;
  if (length > data.length)
    throw new NetlinkError('receive', 'EMSGSIZE', `a datagram of ${length} bytes was cut to ${data.length}`);
  each(data);
}

/**
 * A socket for requests: with extended acknowledgements, and dumps that the kernel filters (strict checking).
 * Throws SystemError.
 */
export function openTransport(): Transport {
  // 32 KiB are the most that the kernel puts into a datagram of a dump (netlink_dump in
  // net/netlink/af_netlink.c).
  const socket = openSocket(NETLINK_ROUTE, { slots: 8, slotSize: 32 * 1024 });
  for (const option of [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK])
    socket.setOption(SOL_NETLINK, option, 1);
  const kernel = netlinkAddress();
  return {
    portId: portIdOf(socket.localAddress()),
    send: (message) => socket.send(message, kernel),
    receive: (each) => socket.receive((datagram) => fromKernel(datagram, each)) > 0,
    close: () => socket.close(),
  };
}
