import type { Kernel } from '../kernel/kernel.ts';
import { FAMILIES } from '../network/address.ts';
import type { Route } from '../network/route.ts';
import { FIRST_METRIC } from '../plan/default-route.ts';
import { type Numbering, PROTOCOL, type RuleNumbers } from '../plan/numbering.ts';
import type { Policy } from '../plan/policy.ts';
import { remembered } from '../uplink/selection.ts';
import { lineName } from './line-name.ts';
import { candidate, type UplinkSettings } from './settings.ts';

/** What the kernel's routes tell of the time before the start; lines by their names. */
export interface Recollection {
  /** They carried new connections. */
  readonly carriers: readonly string[];
  /** They could have, and did not, nor would they have taken over. */
  readonly failed: ReadonlySet<string>;
}

/** Our routes for new connections as they stand, with their reserves, as a memory of these lines. */
export function recollect(
  kernel: Kernel,
  { balancing, policies: numbers }: Numbering,
  lines: readonly UplinkSettings[],
  policies: readonly Policy[],
): Recollection {
  const memories = FAMILIES.map((family) => {
    const ours = (table: number) =>
      kernel.routes(table, family).filter(({ protocol }) => protocol === PROTOCOL);
    const routes = ours(balancing.table);
    const able = lines.filter((line) => line.family === family);
    const left = policies.flatMap((policy, place) =>
      leftByPolicy(policy, ours((numbers[place] as RuleNumbers).table), able),
    );
    return {
      carriers: names(routes.filter(({ metric }) => metric === FIRST_METRIC[family])),
      failed: [...remembered(able.map(candidate), names(routes)), ...left],
    };
  });
  return {
    carriers: memories.flatMap(({ carriers }) => carriers),
    failed: new Set(memories.flatMap(({ failed }) => failed)),
  };
}

/** Those that only policies use: nothing else remembers them. */
function leftByPolicy({ use }: Policy, routes: readonly Route[], lines: readonly UplinkSettings[]): string[] {
  if (use === undefined || routes.length === 0) return [];
  const members = lines.filter(
    ({ position, priority_group: group }) => group === undefined && use.weights.has(position),
  );
  return members.flatMap(({ name }) => (names(routes).includes(name) ? [] : name));
}

/** Of the lines that these routes lead over. */
function names(routes: readonly Route[]): string[] {
  return routes.flatMap(({ family, nexthops }) =>
    nexthops.map(({ device }) => lineName({ interface: device, family })),
  );
}
