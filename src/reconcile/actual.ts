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
  const led = rules.map(({ table }) => table).filter((table) => !SYSTEM_TABLES.includes(table));
  const tables = new Set([...wanted.tables, ...led]);
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
