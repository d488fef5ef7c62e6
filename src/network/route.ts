import type { Address, Family } from './address.ts';
import { formatPrefix, type Prefix } from './prefix.ts';

/** What becomes of what a route is for, each at the place of its number (RTN_*, linux/rtnetlink.h). */
export const ROUTE_TYPES = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
] as const;
export type RouteType = (typeof ROUTE_TYPES)[number];

/** One way that a route may take. */
export interface Nexthop {
  readonly gateway?: Address;
  /** Name of the interface. */
  readonly device: string;
  /** Share among the nexthops, 1 to 256; says nothing where there is only one. */
  readonly weight: number;
  /** The gateway is on the link although no address of the interface says so. */
  readonly onlink?: boolean;
  /** The kernel passes it over: its interface is down, or has lost its carrier and is set to heed that. */
  readonly dead?: boolean;
}

/** What of a route matters to us; ip-route(8), linux/rtnetlink.h. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  readonly table: number;
  /** Absent: the default route. */
  readonly destination?: Prefix;
  /** Lower wins; 0 is the default. */
  readonly metric: number;
  /** Preferred source address. */
  readonly source?: Address;
  readonly nexthops: readonly Nexthop[];
  /** Who made the route (RTPROT_*). */
  readonly protocol: number;
}

/**
 * As `ip -N route show table N` prints it, on one line, without the table; equal text means equal route
 * within a table of a family.
 */
export function formatRoute(route: Route): string {
  const words: string[] = route.type === 'unicast' ? [] : [route.type];
  words.push(route.destination === undefined ? 'default' : formatPrefix(route.destination));
  const [only, ...others] = route.nexthops;
  if (only !== undefined && others.length === 0) words.push(...formatHop(only));
  words.push('proto', String(route.protocol));
  if (route.source !== undefined) words.push('src', route.source);
  if (route.metric !== 0) words.push('metric', String(route.metric));
  if (others.length > 0) words.push(...route.nexthops.map(formatNexthop));
  else if (only?.onlink) words.push('onlink');
  return words.join(' ');
}

/** One nexthop of several, as `ip` prints it: "nexthop via 198.18.0.1 dev eth1 weight 3". */
export function formatNexthop(nexthop: Nexthop): string {
  const words = ['nexthop', ...formatHop(nexthop), 'weight', String(nexthop.weight)];
  return (nexthop.onlink ? [...words, 'onlink'] : words).join(' ');
}

function formatHop({ gateway, device }: Nexthop): string[] {
  return gateway === undefined ? ['dev', device] : ['via', gateway, 'dev', device];
}

/** What the kernel takes for the same route of a table when one replaces another: destination and metric. */
export function routeKey(route: Route): string {
  return `${route.family} ${route.table} ${route.destination === undefined ? 'default' : formatPrefix(route.destination)} ${route.metric}`;
}
