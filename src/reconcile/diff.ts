import { formatRoute, type Route, routeKey } from '../network/route.ts';
import { type Rule, ruleKey } from '../network/rule.ts';
import { formatSysctlName, type Sysctl } from '../network/sysctl.ts';
import { PROTOCOL } from '../plan/numbering.ts';
import type { WantedState } from '../plan/plan.ts';
import type { Operation } from './operation.ts';

/** What stands in the kernel, as far as it concerns us. */
export interface ActualState {
  /** Of our tables, whoever made them. */
  readonly routes: readonly Route[];
  /** Of our protocol number. */
  readonly rules: readonly Rule[];
  /** Values by the setting's name; a setting that does not exist is absent. */
  readonly sysctls: ReadonlyMap<string, string>;
}

/**
 * The fewest operations that lead from the actual to the wanted state, in an order that never leaves a gap:
 * first what replaces or adds, the routes before the rules that lead to them, then what deletes, the rules
 * before the routes they lead to. Somebody else's routes and rules stay, but for a route that stands in the
 * very place of one of ours.
 */
export function diff(wanted: WantedState, actual: ActualState): Operation[] {
  return [
    ...replacedRoutes(wanted.routes, actual.routes),
    ...missing(wanted.rules, actual.rules).map((rule): Operation => ({ kind: 'add-rule', rule })),
    ...missing(actual.rules, wanted.rules).map((rule): Operation => ({ kind: 'delete-rule', rule })),
    ...deletedRoutes(wanted.routes, actual.routes),
    ...changedSysctls(wanted.sysctls, actual.sysctls),
  ];
}

function replacedRoutes(wanted: readonly Route[], actual: readonly Route[]): Operation[] {
  const standing = new Map(actual.map((route) => [routeKey(route), route]));
  return wanted.flatMap((route): Operation[] => {
    const was = standing.get(routeKey(route));
    if (was === undefined) return [{ kind: 'replace-route', route }];
    return formatRoute(was) === formatRoute(route) ? [] : [{ kind: 'replace-route', route, was }];
  });
}

function deletedRoutes(wanted: readonly Route[], actual: readonly Route[]): Operation[] {
  const keys = new Set(wanted.map(routeKey));
  return actual
    .filter((route) => route.protocol === PROTOCOL && !keys.has(routeKey(route)))
    .map((route) => ({ kind: 'delete-route', route }));
}

/** The rules of `these` that are not among `those`. */
function missing(these: readonly Rule[], those: readonly Rule[]): Rule[] {
  const keys = new Set(those.map(ruleKey));
  return these.filter((rule) => !keys.has(ruleKey(rule)));
}

function changedSysctls(wanted: readonly Sysctl[], actual: ReadonlyMap<string, string>): Operation[] {
  return wanted.flatMap((sysctl): Operation[] => {
    const was = actual.get(formatSysctlName(sysctl));
    const { value, instead = was } = sysctl;
    return was === undefined || was === value || was !== instead ? [] : [{ kind: 'set-sysctl', sysctl, was }];
  });
}
