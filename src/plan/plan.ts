import { FAMILIES, type Family } from '../network/address.ts';
import { host } from '../network/prefix.ts';
import type { Route } from '../network/route.ts';
import type { Rule } from '../network/rule.ts';
import type { Sysctl } from '../network/sysctl.ts';
import { defaultRoute, FIRST_METRIC, hop, LAST_METRIC, type PlannedUplink } from './default-route.ts';
import {
  MAIN_TABLE,
  type Numbering,
  ownTables,
  PROTOCOL,
  type RuleNumbers,
  type UplinkNumbers,
} from './numbering.ts';
import { type BalanceBy, hashSysctls } from './hash.ts';
import { type Policy, policyRoutes, policyRules } from './policy.ts';

/** What the kernel shall hold of ours; the balancing route comes first. */
export interface WantedState {
  /** Families whose tables hold routes of ours; rules of ours are looked for in both. */
  readonly families: readonly Family[];
  /** Tables that are ours alone: routes of ours that stand there and are not wanted go. */
  readonly tables: readonly number[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly sysctls: readonly Sysctl[];
}

/** What the configuration says of new connections. */
export interface Steering {
  /** Those that were numbered. */
  readonly policies: readonly Policy[];
  /** What keeps to one of several uplinks; absent: the system's setting stays. */
  readonly balanceBy?: BalanceBy | undefined;
}

/** The wanted state: pure, the same for a start, a failover, a reload or a repair. */
export function plan(
  uplinks: readonly PlannedUplink[],
  numbering: Numbering,
  steering: Steering,
): WantedState {
  const families = FAMILIES.filter((family) => uplinks.some((uplink) => uplink.family === family));
  const parts = families.map((family) => {
    const lines = uplinks.filter((uplink) => uplink.family === family);
    return planFamily(family, lines, numbering, steering);
  });
  return {
    families,
    tables: ownTables(numbering),
    routes: parts.flatMap(({ routes }) => routes),
    rules: parts.flatMap(({ rules }) => rules),
    sysctls: parts.flatMap((part) => part.sysctls),
  };
}

/** Nothing of ours. */
export function emptyPlan(numbering: Numbering): WantedState {
  return { families: FAMILIES, tables: ownTables(numbering), routes: [], rules: [], sysctls: [] };
}

/** The same for each family, in tables and rules of its own under the same numbers. */
function planFamily(
  family: Family,
  uplinks: readonly PlannedUplink[],
  numbering: Numbering,
  { policies, balanceBy }: Steering,
): Pick<WantedState, 'routes' | 'rules' | 'sysctls'> {
  const { balancing } = numbering;
  const numbered = uplinks.map(
    (uplink): Numbered => [uplink, numbering.uplinks[uplink.position] as UplinkNumbers],
  );
  const steered = policies.map((policy, place): [Policy, RuleNumbers] => [
    policy,
    numbering.policies[place] as RuleNumbers,
  ]);
  const count = numbering.uplinks.length;
  return {
    routes: [
      ...balancingRoute(family, uplinks, balancing.table),
      ...reserveRoutes(family, uplinks, balancing.table),
      ...steered.flatMap(([policy, { table }]) => policyRoutes(family, policy, table, uplinks, count)),
      ...numbered.flatMap(uplinkRoutes),
    ],
    rules: [
      ...mainRule(family, numbering),
      ...numbered.flatMap((one) => uplinkRules(one, numbering)),
      ...steered.flatMap(([policy, numbers]) => policyRules(family, policy, numbers)),
      balancingRule(family, numbering),
    ],
    sysctls: [...(family === 4 ? sysctls(uplinks) : sysctls6(uplinks)), ...hashSysctls(family, balanceBy)],
  };
}

type Numbered = readonly [PlannedUplink, UplinkNumbers];

function balancingRoute(family: Family, uplinks: readonly PlannedUplink[], table: number): Route[] {
  const nexthops = uplinks
    .filter(({ selected, attachment }) => selected && attachment.routable)
    .map((uplink) => ({ ...hop(uplink), weight: uplink.weight }));
  return nexthops.length === 0 ? [] : [{ ...defaultRoute(family, table), nexthops }];
}

/**
 * Behind the balancing route: the kernel drops all of it when one of its interfaces is deleted, as PPP does with
 * every hang-up (fib_sync_down_dev in net/ipv4/fib_semantics.c). Until it is replaced these carry on.
 */
function reserveRoutes(family: Family, uplinks: readonly PlannedUplink[], table: number): Route[] {
  return uplinks.flatMap((uplink): Route[] => {
    if (uplink.succession === undefined || !uplink.attachment.routable) return [];
    const nexthops = [{ ...hop(uplink), weight: 1 }];
    const metric = FIRST_METRIC[family] + 1 + uplink.succession;
    return [{ ...defaultRoute(family, table), metric, nexthops }];
  });
}

function uplinkRoutes([uplink, { table }]: Numbered): Route[] {
  // Without this last route a marked packet, whose own route went with the link, would leave by another line
  // with this one's address.
  const { family } = uplink;
  const route = defaultRoute(family, table);
  const last: Route = { ...route, type: 'unreachable', metric: LAST_METRIC, nexthops: [] };
  const { ip, routable } = uplink.attachment;
  if (!routable || ip === undefined) return [last];
  return [{ ...route, source: ip, nexthops: [{ ...hop(uplink), weight: 1 }] }, last];
}

function uplinkRules(
  [uplink, { table, mark, priority, markPriority }]: Numbered,
  { balancing, markMask }: Numbering,
): Rule[] {
  const rule = { family: uplink.family, table, protocol: PROTOCOL } as const;
  const { ip } = uplink.attachment;
  return [
    // Sockets bound to its address, and replies to who came in by it.
    ...(ip === undefined ? [] : [{ ...rule, priority, from: host(ip) }]),
    // Hosts that have addresses which the provider has given: it takes them from nobody else (BCP 38).
    ...(uplink.prefix === undefined ? [] : [{ ...rule, priority, from: uplink.prefix }]),
    // Sockets bound to the interface: our probes, `ping -I`, `curl --interface`.
    { ...rule, priority, oif: uplink.interface },
    // Connections that the firewall has marked as this uplink's.
    {
      ...rule,
      priority: markPriority,
      mark: { value: mark, mask: markMask },
      ...(uplink.fallback && { table: balancing.table }),
    },
  ];
}

/** All other new connections. */
function balancingRule(family: Family, { balancing: { priority, table } }: Numbering): Rule {
  return { family, priority, table, protocol: PROTOCOL };
}

/**
 * Before rules that come before `main`: connected and static routes still win, a default route that DHCP or
 * pppd has put there does not.
 */
function mainRule(family: Family, { mainPriority }: Numbering): Rule[] {
  if (mainPriority === undefined) return [];
  return [{ family, priority: mainPriority, table: MAIN_TABLE, suppressPrefixLength: 0, protocol: PROTOCOL }];
}

function sysctls(uplinks: readonly PlannedUplink[]): Sysctl[] {
  const family = 4;
  return [
    { family, path: ['ip_forward'], value: '1' },
    { family, path: ['conf', 'all', 'rp_filter'], value: '0' },
    ...present(uplinks).flatMap((name): Sysctl[] => [
      // Loose: replies may come by another uplink than the balancing route would choose.
      { family, path: ['conf', name, 'rp_filter'], value: '2' },
      passOver(family, name),
    ]),
  ];
}

function sysctls6(uplinks: readonly PlannedUplink[]): Sysctl[] {
  const family = 6;
  return [
    // A router heeds the advertisements of others only when it is told to, and forgets what they said when it becomes
    // one. Where this is 0 somebody else heeds them, as systemd-networkd and NetworkManager do.
    ...present(uplinks).map((name): Sysctl => {
      return { family, path: ['conf', name, 'accept_ra'], value: '2', instead: '1' };
    }),
    { family, path: ['conf', 'all', 'forwarding'], value: '1' },
    ...present(uplinks).map((name) => passOver(family, name)),
  ];
}

/** The kernel itself steers new connections past a pulled cable, before anybody hears of it. */
function passOver(family: Family, name: string): Sysctl {
  return { family, path: ['conf', name, 'ignore_routes_with_linkdown'], value: '1' };
}

function present(uplinks: readonly PlannedUplink[]): string[] {
  const there = uplinks.filter(({ attachment }) => attachment.index !== undefined);
  return there.map((uplink) => uplink.interface);
}
