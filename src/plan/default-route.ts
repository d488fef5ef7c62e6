import type { Family } from '../network/address.ts';
import type { Prefix } from '../network/prefix.ts';
import type { Nexthop, Route } from '../network/route.ts';
import type { Attachment } from '../uplink/attachment.ts';
import type { Fitness } from '../uplink/override.ts';
import { PROTOCOL } from './numbering.ts';

/** Behind every other route of its table. */
export const LAST_METRIC = 0xffff_ffff;

/** Metric of the routes that count; IPv6 makes IP6_RT_PRIO_USER of 0, linux/ipv6_route.h. */
export const FIRST_METRIC = { 4: 0, 6: 1024 } as const;

/** An uplink as the plan sees it: the line of one family. */
export interface PlannedUplink {
  readonly family: Family;
  readonly interface: string;
  /** Its place in the numbering, which both families share. */
  readonly position: number;
  readonly weight: number;
  readonly attachment: Attachment;
  /** What has an address of it leaves by this line. */
  readonly prefix?: Prefix | undefined;
  /** It carries new connections. */
  readonly selected: boolean;
  /** Packets with its mark go the way of new connections for now. */
  readonly fallback?: boolean;
  /** Its place among those that would take over if the balancing route were gone, from 0; undefined: it would not. */
  readonly succession?: number | undefined;
  /** Whether a policy may lead over it; undefined: it may not. */
  readonly fitness?: Fitness | undefined;
}

/**
 * Stands for whoever is at the other end of a link without neighbours: IPv6 takes no nexthop without gateway beside others
 * (rtm_to_fib6_multipath_config in net/ipv6/route.c), and on such a link nobody is asked who that is.
 */
const OTHER_END = 'fe80::';

/** One way of a route: that over an uplink. */
export function hop({
  family,
  interface: device,
  attachment: { gateway = family === 6 ? OTHER_END : undefined, onlink },
}: PlannedUplink): Pick<Nexthop, 'gateway' | 'device' | 'onlink'> {
  return { ...(gateway !== undefined && { gateway }), device, ...(onlink && { onlink }) };
}

/** A default route of ours, but for its ways. */
export function defaultRoute(family: Family, table: number): Omit<Route, 'nexthops'> {
  return { family, type: 'unicast', table, metric: FIRST_METRIC[family], protocol: PROTOCOL };
}
