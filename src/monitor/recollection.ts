import type { Kernel } from '../kernel/kernel.ts';
import { FAMILIES } from '../network/address.ts';
import type { Route } from '../network/route.ts';
import { FIRST_METRIC } from '../plan/default-route.ts';
import { type Numbering, PROTOCOL } from '../plan/numbering.ts';
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

/** Our routes for new connections as they stand, the balancing route and its reserves, as a memory of these lines. */
export function recollect(
  kernel: Kernel,
  { balancing }: Numbering,
  lines: readonly UplinkSettings[],
): Recollection {
  const memories = FAMILIES.map((family) => {
    const routes = kernel.routes(balancing.table, family).filter(({ protocol }) => protocol === PROTOCOL);
    const able = lines.filter((line) => line.family === family).map(candidate);
    return {
      carriers: names(routes.filter(({ metric }) => metric === FIRST_METRIC[family])),
      failed: [...remembered(able, names(routes))],
    };
  });
  return {
    carriers: memories.flatMap(({ carriers }) => carriers),
    failed: new Set(memories.flatMap(({ failed }) => failed)),
  };
}

/** Of the lines that these routes lead over. */
function names(routes: readonly Route[]): string[] {
  return routes.flatMap(({ family, nexthops }) =>
    nexthops.map(({ device }) => lineName({ interface: device, family })),
  );
}
