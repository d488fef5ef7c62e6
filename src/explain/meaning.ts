import type { Kernel } from '../kernel/kernel.ts';
import type { Decision, Step } from '../kernel/lookup.ts';
import type { MonitoredUplink } from '../monitor/member.ts';
import { formatRoute } from '../network/route.ts';
import type { PolicyRule } from '../network/rule.ts';
import { FIRST_METRIC } from '../plan/default-route.ts';
import { MAIN_TABLE, type Numbering, PROTOCOL } from '../plan/numbering.ts';
import { formatOverride } from '../uplink/override.ts';

/** What an explanation rests on. */
export interface Ground {
  readonly kernel: Kernel;
  readonly numbering: Numbering;
  /** Names of the policies, in the order of the numbering. */
  readonly policies: readonly string[];
  /** Of both families; explain() keeps to the lines of the one that is asked about. */
  readonly uplinks: readonly MonitoredUplink[];
}

/** The tables `local` and `default`, linux/rtnetlink.h. */
const LOCAL_TABLE = 255;
const DEFAULT_TABLE = 253;

/** Name of the policy that a rule belongs to; undefined where it belongs to none. */
export function policyOf(
  { priority, protocol }: PolicyRule,
  { numbering, policies }: Ground,
): string | undefined {
  if (protocol !== PROTOCOL) return undefined;
  return policies[numbering.policies.findIndex((numbers) => numbers.priority === priority)];
}

/** What the rule that decides leads to, in words. */
export function meaningOf({ rule, route }: Decision, ground: Ground): string {
  const { numbering, uplinks } = ground;
  if (route === undefined) return 'refuses it';
  const place = numbering.uplinks.findIndex(({ table }) => table === rule.table);
  const owner = uplinks.find(({ member }) => member.settings.position === place);
  const policy = policyOf(rule, ground);
  const named = policy === undefined ? '' : `policy ${policy}: `;
  const table = `${named}${tableName(rule.table, numbering, owner)}`;
  if (route.type !== 'unicast') return `${table}: ${formatRoute(route)}`;
  const standsIn = rule.table === numbering.balancing.table && route.metric > FIRST_METRIC[route.family];
  return standsIn ? `${table}, of which only a reserve is left` : table;
}

function tableName(
  table: number,
  { balancing, policies }: Numbering,
  owner: MonitoredUplink | undefined,
): string {
  if (owner !== undefined) return `the table of ${owner.member.settings.description}`;
  if (table === balancing.table) return 'the balancing table';
  if (policies.some((policy) => policy.table === table)) return 'its table';
  if (table === MAIN_TABLE) return 'the main table';
  if (table === LOCAL_TABLE) return 'the addresses of this host';
  return table === DEFAULT_TABLE ? 'the default table' : `table ${table}, which is not ours`;
}

/** Why a rule does not decide, in words. */
export function objection(step: Exclude<Step, Decision>): string {
  switch (step.outcome) {
    case 'other':
      return step.because;
    case 'unknown':
      return 'asks for a user, a tunnel or the like';
    case 'passed':
      return step.rule.action === 'goto' ? 'leads on' : 'does nothing';
    case 'no-route':
      return step.rule.suppressPrefixLength === undefined
        ? 'no route there'
        : 'no route there that is narrow enough';
    case 'suppressed':
      return `sets aside: ${formatRoute(step.route)}`;
  }
}

/** The uplinks that get no new connections, and why. */
export function resting({ uplinks }: Ground): { uplink: string; reason: string }[] {
  return uplinks
    .filter(({ routing }) => !routing)
    .map((uplink) => ({ uplink: uplink.member.settings.description, reason: restingReason(uplink) }));
}

function restingReason({ member: { settings, state }, override }: MonitoredUplink): string {
  if (override?.kind === 'down' || override?.kind === 'drained') return formatOverride(override);
  if (!state.up) return `down: ${state.reason}`;
  const { priority_group: group } = settings;
  return group === undefined ? 'belongs to no group' : `group ${group} waits`;
}
