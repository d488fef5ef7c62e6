import type { Family } from '../network/address.ts';
import type { Nexthop, Route } from '../network/route.ts';
import type { Rule } from '../network/rule.ts';
import type { Fitness } from '../uplink/override.ts';
import { defaultRoute, hop, LAST_METRIC, type PlannedUplink } from './default-route.ts';
import { MAIN_TABLE, PROTOCOL, type RuleNumbers } from './numbering.ts';

/** What a new connection has to be for a policy: everything that stands here. */
export type Match = Pick<Rule, 'from' | 'to' | 'iif' | 'ipProtocol' | 'sport' | 'dport' | 'dscp'>;

/** Which way some new connections go; the first policy that fits decides. */
export interface Policy {
  readonly name: string;
  /** Any of these has to fit; none: the policy is not for that family. */
  readonly matches: Readonly<Record<Family, readonly Match[]>>;
  /** Absent: the main table decides. */
  readonly use?: {
    /** By the uplinks' places in the numbering. */
    readonly weights: ReadonlyMap<number, number>;
    /** What becomes of them while none of these uplinks works; "any": they go with all others. */
    readonly otherwise: 'any' | 'unreachable' | 'blackhole';
  };
}

/** The rules of a policy for a family. */
export function policyRules(family: Family, { matches, use }: Policy, numbers: RuleNumbers): Rule[] {
  const { priority, table } = numbers;
  const rule = { family, priority, table: use === undefined ? MAIN_TABLE : table, protocol: PROTOCOL };
  return matches[family].map((match) => ({ ...rule, ...match }));
}

/**
 * The routes of its table: one over the best of its uplinks, behind it one over each that could take over, for the same
 * reason as behind the balancing route, and what becomes of the packets when all are gone. `uplinks` are all of the
 * family, of `count` in the numbering.
 */
export function policyRoutes(
  family: Family,
  { matches, use }: Policy,
  table: number,
  uplinks: readonly PlannedUplink[],
  count: number,
): Route[] {
  if (use === undefined || matches[family].length === 0) return [];
  const { weights, otherwise } = use;
  const route = defaultRoute(family, table);
  const teams = teamsOf(weights, otherwise === 'any', uplinks);
  const nexthops = best(teams).map(({ way }) => way);
  return [
    ...(nexthops.length === 0 ? [] : [{ ...route, nexthops }]),
    ...reserves(route, nexthops, teams, count),
    ...(otherwise === 'any' ? [] : [{ ...route, type: otherwise, metric: LAST_METRIC, nexthops: [] }]),
  ];
}

/**
 * The weights of those that carry the policy's connections, by their places in the numbering; none: the main table does,
 * or there is nobody. `uplinks` are all of the family.
 */
export function policyCarriers({ use }: Policy, uplinks: readonly PlannedUplink[]): Map<number, number> {
  if (use === undefined) return new Map();
  const team = best(teamsOf(use.weights, use.otherwise === 'any', uplinks));
  return new Map(team.map(({ position, way }) => [position, way.weight]));
}

/** An uplink in the service of a policy. */
interface Carrier {
  readonly position: number;
  readonly way: Nexthop;
}

/** Who carries the policy's connections, the best first: where a team has nobody the next takes its place. */
function teamsOf(
  weights: ReadonlyMap<number, number>,
  open: boolean,
  uplinks: readonly PlannedUplink[],
): Carrier[][] {
  const routable = uplinks.filter(({ attachment }) => attachment.routable);
  const members = (fitness: Fitness) =>
    routable.flatMap((uplink) => {
      const weight = uplink.fitness === fitness ? weights.get(uplink.position) : undefined;
      return weight === undefined ? [] : carrier(uplink, weight);
    });
  const others = open ? routable.filter(({ selected }) => selected) : [];
  const all = others.map((uplink) => carrier(uplink, uplink.weight));
  // A member that has yet to prove itself is no better than others that have.
  const proven = others.every(({ fitness }) => fitness === 'good') ? all : [];
  return [members('good'), proven, members('last'), all];
}

/** Those of them that carry now. */
function best(teams: readonly (readonly Carrier[])[]): readonly Carrier[] {
  return teams.find(({ length }) => length > 0) ?? [];
}

function carrier(uplink: PlannedUplink, weight: number): Carrier {
  return { position: uplink.position, way: { ...hop(uplink), weight } };
}

/** Each uplink once, in a place of its own in its team, so that others' comings and goings leave its route alone. */
function reserves(
  route: Omit<Route, 'nexthops'>,
  nexthops: readonly Nexthop[],
  teams: readonly (readonly Carrier[])[],
  count: number,
): Route[] {
  const seen = new Set<number>();
  const inOrder = teams.flatMap((team, rank) =>
    team.map((one) => ({ ...one, place: rank * count + one.position })),
  );
  return inOrder.flatMap(({ position, place, way }) => {
    // The only way of the route itself is none behind it.
    const only = nexthops.length === 1 && nexthops[0]?.device === way.device;
    if (only || seen.size === seen.add(position).size) return [];
    return [{ ...route, metric: route.metric + 1 + place, nexthops: [{ ...way, weight: 1 }] }];
  });
}
