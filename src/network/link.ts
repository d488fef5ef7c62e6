import { type Address, familyOf } from './address.ts';
import { contains } from './prefix.ts';

/** An address of an interface; on a point-to-point link also the peer's. */
export interface LinkAddress {
  readonly address: Address;
  readonly peer?: Address;
  readonly prefixLength: number;
  /** No new connections are to be made from it: it is deprecated (RFC 4862), or for this link alone. */
  readonly discouraged?: boolean;
  /** One of those that change often, so that nobody is recognized by them (RFC 8981). */
  readonly temporary?: boolean;
}

/** A network interface as it stands, with its addresses. */
export interface Link {
  readonly name: string;
  /** Changes when an interface is deleted and made again under the same name. */
  readonly index: number;
  /** Administratively up (IFF_UP). */
  readonly up: boolean;
  /** Able to carry packets (IFF_RUNNING and IFF_LOWER_UP; a TUN device of operstate "unknown" is). */
  readonly running: boolean;
  /** There is one other end, or none that has an address of its own: PPP, TUN, WireGuard (IFF_POINTOPOINT, IFF_NOARP). */
  readonly direct?: boolean;
  /** Of both families; only those that connections can be made from. */
  readonly addresses: readonly LinkAddress[];
}

const LINK_LOCAL = { address: 'fe80::', length: 10 } as const;

/** The addresses of a link say that another one is to be found on it; IPv6 addresses of the link's own are anyway. */
export function hasOnLink({ addresses }: Link, other: Address): boolean {
  const family = familyOf(other);
  if (family === 6 && contains(LINK_LOCAL, other)) return true;
  return addresses.some(
    ({ address, peer = address, prefixLength }) =>
      familyOf(address) === family && contains({ address: peer, length: prefixLength }, other),
  );
}
