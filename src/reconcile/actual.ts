import type { Kernel } from '../kernel/kernel.ts';
import { formatSysctlName } from '../network/sysctl.ts';
import type { WantedState } from '../plan/plan.ts';
import type { ActualState } from './diff.ts';

/** The default table, `main` and `local` (linux/rtnetlink.h): rules of ours may lead there, routes of ours do not stand there. */
const SYSTEM_TABLES = new Set([253, 254, 255]);

/**
 * Reads what stands in the kernel: our rules, and the tables that are wanted or that a rule of ours leads to, so that what an earlier
 * configuration has left is found too. Table by table: a router may hold a million routes elsewhere.
 */
export function readActual(kernel: Kernel, wanted: WantedState): ActualState {
  const rules = kernel.rules();
  const tables = ownTables([...wanted.routes, ...wanted.rules, ...rules]);
  return {
    rules,
    routes: [...tables].flatMap((table) => kernel.routes(table)),
    sysctls: new Map(
      wanted.sysctls.flatMap(({ path }) => {
        const value = kernel.sysctl(path);
        return value === undefined ? [] : [[formatSysctlName(path), value] as const];
      }),
    ),
  };
}

/** The tables among these routes and rules that hold routes of ours. */
export function ownTables(holders: readonly { readonly table: number }[]): ReadonlySet<number> {
  return new Set(holders.map(({ table }) => table).filter((table) => !SYSTEM_TABLES.has(table)));
}
