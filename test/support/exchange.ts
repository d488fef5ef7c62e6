import type { Address } from '../../src/network/address.ts';

/** RFC 862. */
export const echoPort = 7;

/**
 * What a client sends: new UDP or TCP connections, each from a port of its own, or packets of long-lived UDP
 * flows.
 */
export interface TrafficOptions {
  readonly kind: 'udp' | 'tcp' | 'flow';
  /** Each in turn is asked; all of one family. */
  readonly targets: readonly Address[];
  /** Milliseconds from one new connection, or from one packet of a flow, to the next. */
  readonly every: number;
  /** How many questions in all; by default no end. */
  readonly count?: number;
  /** How many flows run side by side; by default one. */
  readonly flows?: number;
}

/**
 * One question of a client and what became of it: a whole connection, or one packet of a flow. Times are
 * CLOCK_MONOTONIC milliseconds.
 */
export type Exchange = Answered | Lost;

/** The part that is known before the answer. */
interface Asked {
  readonly sequence: number;
  /** Position of the flow; 0 where each question is a connection of its own. */
  readonly flow: number;
  readonly target: Address;
  readonly startedAt: number;
}

export interface Answered extends Asked {
  /** Milliseconds until the answer. */
  readonly answeredAfter: number;
  /** The source address that the other side saw: the uplink that was taken. */
  readonly via: Address;
}

export interface Lost extends Asked {
  /** "timeout" after a second without an answer, or the code of a system error. */
  readonly lost: string;
}

export function isLost(exchange: Exchange): exchange is Lost {
  return 'lost' in exchange;
}

/** How many of the exchanges went by each source address. */
export function countByWay(exchanges: readonly Exchange[]): Map<Address, number> {
  const counts = new Map<Address, number>();
  for (const exchange of exchanges) {
    if (!isLost(exchange)) counts.set(exchange.via, (counts.get(exchange.via) ?? 0) + 1);
  }
  return counts;
}

/**
 * CLOCK_MONOTONIC in milliseconds, the daemon's clock too; read here without its addon, which the clients do
 * without.
 */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
