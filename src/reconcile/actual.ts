import type { Kernel } from '../kernel/kernel.ts';
import { formatSysctlName } from '../network/sysctl.ts';
import type { WantedState } from '../plan/plan.ts';
import type { ActualState } from './diff.ts';

/**
 * The tables `default`, `main` and `local` (linux/rtnetlink.h): a rule of ours may lead there, routes of ours
 * do not stand there.
 */
const SYSTEM_TABLES = [253, 254, 255];

/**
 * Reads what stands in the kernel: our rules, and the tables that are ours or that a rule of ours leads to,
 * so that what an earlier configuration has left is found too. Table by table: a router may hold a million
 * routes elsewhere.
 */
export function readActual(kernel: Kernel, wanted: WantedState): ActualState {
  const rules = kernel.rules();
  const routes = ([4, 6] as const).flatMap((family) => {
    const led = rules.filter((rule) => rule.family === family).map(({ table }) => table);
    const tables = new Set([...(wanted.families.includes(family) ? wanted.tables : []), ...led]);
    for (const table of SYSTEM_TABLES) tables.delete(table);
    return [...tables].flatMap((table) => kernel.routes(table, family));
  });
  return {
    rules,
    routes,
    sysctls: new Map(
      wanted.sysctls.flatMap((name) => {
        const value = kernel.sysctl(name);
        return value === undefined ? [] : [[formatSysctlName(name), value] as const];
      }),
    ),
  };
}
