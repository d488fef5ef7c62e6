import { statSync } from 'node:fs';
import { hints } from '../check/hints.ts';
import { overview } from '../check/overview.ts';
import { loadConfiguration } from '../config/load.ts';
import { readInterfaces } from '../monitor/interfaces.ts';
import { linesOf, linkSettings } from '../monitor/settings.ts';
import { FAMILIES } from '../network/address.ts';
import { formatRule } from '../network/rule.ts';
import { balancedBy } from '../plan/hash.ts';
import { MAIN_TABLE, number, ownTables } from '../plan/numbering.ts';
import type { Action } from './action.ts';
import { machine } from './machine.ts';

/**
 * Judges a configuration: prints what the daemon would make of it, and what on this machine its author may not have
 * thought of. Hints are no faults: the machine may not be ready yet, or be another one.
 */
export const check: Action = ({ file, demo }) => {
  const configuration = loadConfiguration(file);
  const tables = [MAIN_TABLE, ...ownTables(number(configuration))];
  const { kernel } = machine(configuration, demo);
  const lines = linesOf(configuration);
  const families = FAMILIES.filter((family) => lines.some((line) => line.family === family));
  const ours = new Set(kernel.rules().map(formatRule));
  const found = hints(configuration, {
    file: { path: file, mode: statSync(file).mode },
    ...readInterfaces(kernel, lines.map(linkSettings)),
    rules: families.flatMap((family) => kernel.policy(family)).filter((rule) => !ours.has(formatRule(rule))),
    routes: families.flatMap((family) => tables.flatMap((table) => kernel.routes(table, family))),
    balancedByAddress: families.filter(
      (family) => balancedBy(family, (name) => kernel.sysctl(name)) === 'address',
    ),
  });
  kernel.close();
  const remarks = found.length === 0 ? [] : ['', ...found.map((hint) => `Hint: ${hint}`)];
  process.stdout.write(`${[`${file} is valid.`, '', ...overview(configuration), ...remarks].join('\n')}\n`);
  return 0;
};
