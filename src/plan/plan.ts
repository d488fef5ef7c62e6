import { host } from '../network/prefix.ts';
import type { Route } from '../network/route.ts';
import type { Rule } from '../network/rule.ts';
import type { Sysctl } from '../network/sysctl.ts';
import type { Attachment } from '../uplink/attachment.ts';
import { type Numbering, PROTOCOL, type UplinkNumbers } from './numbering.ts';

/** RT_TABLE_MAIN, linux/rtnetlink.h. */
export const MAIN_TABLE = 254;
/** Behind every other route of its table. */
const LAST_METRIC = 0xffff_ffff;
const WHOLE_MARK = 0xffff_ffff;

/** An uplink as the plan sees it; listed in the order of the numbering. */
export interface PlannedUplink {
  readonly interface: string;
  readonly weight: number;
  readonly attachment: Attachment;
  /** It carries new connections. */
  readonly selected: boolean;
  /** Its place among those that would take over if the balancing route were gone, from 0; undefined: it would not. */
  readonly succession?: number | undefined;
}

/** What the kernel shall hold of ours; the balancing route comes first. */
export interface WantedState {
  /** Tables that are ours alone: routes of ours that stand there and are not wanted go. */
  readonly tables: readonly number[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly sysctls: readonly Sysctl[];
}

/** The wanted state: pure, the same for a start, a failover, a reload or a repair. */
export function plan(uplinks: readonly PlannedUplink[], numbering: Numbering): WantedState {
  const numbered = uplinks.map((uplink, id): Numbered => [uplink, numbering.uplinks[id] as UplinkNumbers]);
  return {
    tables: tables(numbering),
    routes: [
      ...balancingRoute(uplinks, numbering.balancing.table),
      ...reserveRoutes(uplinks, numbering.balancing.table),
      ...numbered.flatMap(uplinkRoutes),
    ],
    rules: [...mainRule(numbering), ...numbered.flatMap(uplinkRules), balancingRule(numbering)],
    sysctls: sysctls(uplinks),
  };
}

/** Nothing of ours. */
export function emptyPlan(numbering: Numbering): WantedState {
  return { tables: tables(numbering), routes: [], rules: [], sysctls: [] };
}

function tables({ uplinks, balancing }: Numbering): number[] {
  return [...uplinks, balancing].map(({ table }) => table);
}

type Numbered = readonly [PlannedUplink, UplinkNumbers];

function balancingRoute(uplinks: readonly PlannedUplink[], table: number): Route[] {
  const nexthops = uplinks
    .filter(({ selected, attachment }) => selected && attachment.routable)
    .map((uplink) => ({ ...hop(uplink), weight: uplink.weight }));
  return nexthops.length === 0 ? [] : [{ ...defaultRoute(table), nexthops }];
}

/**
 * Behind the balancing route: the kernel drops all of it when one of its interfaces is deleted, as PPP does with
 * every hang-up (fib_sync_down_dev in net/ipv4/fib_semantics.c). Until it is replaced these carry on.
 */
function reserveRoutes(uplinks: readonly PlannedUplink[], table: number): Route[] {
  return uplinks.flatMap((uplink): Route[] => {
    if (uplink.succession === undefined || !uplink.attachment.routable) return [];
    const nexthops = [{ ...hop(uplink), weight: 1 }];
    return [{ ...defaultRoute(table), metric: 1 + uplink.succession, nexthops }];
  });
}

function uplinkRoutes([uplink, { table }]: Numbered): Route[] {
  // Without this last route a marked packet, whose own route went with the link, would leave by another line
  // with this one's address.
  const last: Route = { ...defaultRoute(table), type: 'unreachable', metric: LAST_METRIC, nexthops: [] };
  const { ip, routable } = uplink.attachment;
  if (!routable || ip === undefined) return [last];
  return [{ ...defaultRoute(table), source: ip, nexthops: [{ ...hop(uplink), weight: 1 }] }, last];
}

function hop({ interface: device, attachment: { gateway } }: PlannedUplink): {
  gateway?: string;
  device: string;
} {
  return gateway === undefined ? { device } : { gateway, device };
}

function defaultRoute(table: number): Omit<Route, 'nexthops'> {
  return { family: 4, type: 'unicast', table, metric: 0, protocol: PROTOCOL };
}

function uplinkRules([uplink, { table, mark, priority, markPriority }]: Numbered): Rule[] {
  const rule = { family: 4, table, protocol: PROTOCOL } as const;
  const { ip } = uplink.attachment;
  return [
    // Sockets bound to its address, and replies to who came in by it.
    ...(ip === undefined ? [] : [{ ...rule, priority, from: host(ip) }]),
    // Sockets bound to the interface: our probes, `ping -I`, `curl --interface`.
    { ...rule, priority, oif: uplink.interface },
    // Connections that the firewall has marked as this uplink's.
    { ...rule, priority: markPriority, mark: { value: mark, mask: WHOLE_MARK } },
  ];
}

/** New connections. */
function balancingRule({ balancing: { priority, table } }: Numbering): Rule {
  return { family: 4, priority, table, protocol: PROTOCOL };
}

/**
 * Before rules that come before `main`: connected and static routes still win, a default route that DHCP or
 * pppd has put there does not.
 */
function mainRule({ mainPriority }: Numbering): Rule[] {
  if (mainPriority === undefined) return [];
  return [
    { family: 4, priority: mainPriority, table: MAIN_TABLE, suppressPrefixLength: 0, protocol: PROTOCOL },
  ];
}

function sysctls(uplinks: readonly PlannedUplink[]): Sysctl[] {
  const present = uplinks.filter(({ attachment }) => attachment.index !== undefined);
  return [
    { path: ['ip_forward'], value: '1' },
    { path: ['conf', 'all', 'rp_filter'], value: '0' },
    ...present.flatMap(({ interface: name }) => [
      // Loose: replies may come by another uplink than the balancing route would choose.
      { path: ['conf', name, 'rp_filter'], value: '2' },
      // The kernel itself steers new connections past a pulled cable, before anybody hears of it.
      { path: ['conf', name, 'ignore_routes_with_linkdown'], value: '1' },
    ]),
  ];
}
