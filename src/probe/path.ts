import { SO_BINDTODEVICE, SO_MARK, SOL_SOCKET, type Socket } from '../native.ts';
import { inetAddress } from '../native/sockaddr.ts';
import { type Address, type Family, familyOf } from '../network/address.ts';

/** The way that probes take, and no other. */
export interface ProbePath {
  readonly device: string;
  /** The interface's index: a socket stays bound to the interface that had it, not to the name. */
  readonly index: number;
  readonly source: Address;
  readonly mark: number;
  /** Absent where the provider has none that could be asked. */
  readonly gateway?: Address;
}

/** IP version of what takes a path. */
export function familyOfPath({ source }: ProbePath): Family {
  return familyOf(source);
}

/**
 * Binds a socket to the device, mark and source address of a path: what it sends cannot leave by another line,
 * what it receives came by this one. Throws SystemError; needs CAP_NET_RAW and CAP_NET_ADMIN.
 */
export function bindToPath(socket: Socket, { device, source, mark }: ProbePath): void {
  socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, new TextEncoder().encode(`${device}\0`));
  socket.setOption(SOL_SOCKET, SO_MARK, mark);
  socket.bind(inetAddress(source));
}
