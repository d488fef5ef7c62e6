import { endianness } from 'node:os';
import { type Address, addressBytes, type Family } from '../network/address.ts';

/* Address families; bits/socket.h. */
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;

const littleEndian = endianness() === 'LE';
const SUN_PATH = 108;

/**
 * struct sockaddr_in (16 bytes) or sockaddr_in6 (28 bytes, no scope); TypeError for no IP address, RangeError
 * for no port.
 */
export function inetAddress(address: Address, port = 0): Uint8Array {
  if (!Number.isInteger(port) || port < 0 || port > 0xffff) throw new RangeError(`${port} is not a port`);
  const host = addressBytes(address);
  const ipv4 = host.length === 4;
  const { bytes, view } = sockaddr(ipv4 ? 16 : 28, ipv4 ? AF_INET : AF_INET6);
  view.setUint16(2, port);
  bytes.set(host, ipv4 ? 4 : 8);
  return bytes;
}

/** The address family of an IP version. */
export function addressFamily(family: Family): number {
  return family === 4 ? AF_INET : AF_INET6;
}

/**
 * struct sockaddr_un; unix(7). "@name" is an abstract address, as systemd writes it in NOTIFY_SOCKET,
 * everything else a path. RangeError when it is empty or too long (107 bytes), or holds a zero byte.
 */
export function unixAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  if (name.length === 0 || name.length >= SUN_PATH)
    throw new RangeError(`a socket path has 1 to ${SUN_PATH - 1} bytes`);
  if (name.includes(0)) throw new RangeError('a socket path holds no zero byte');
  const abstract = path.startsWith('@');
  const { bytes } = sockaddr(2 + name.length + (abstract ? 0 : 1), AF_UNIX);
  bytes.set(name, 2);
  if (abstract) bytes[2] = 0;
  return bytes;
}

/**
 * struct sockaddr_nl (12 bytes) with port 0: the kernel when sent to, a free port when bound to. `groups` is
 * a mask; netlink(7).
 */
export function netlinkAddress(groups = 0): Uint8Array {
  const { bytes, view } = sockaddr(12, AF_NETLINK);
  view.setUint32(8, groups, littleEndian);
  return bytes;
}

function sockaddr(length: number, family: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, littleEndian);
  return { bytes, view };
}
