import type { Address } from './address.ts';

/** An address of an interface; on a point-to-point link also the peer's. */
export interface LinkAddress {
  readonly address: Address;
  readonly peer?: Address;
  readonly prefixLength: number;
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
  /** Of both families; only those that connections can be made from. */
  readonly addresses: readonly LinkAddress[];
}
