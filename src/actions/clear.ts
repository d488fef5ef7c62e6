import { loadConfiguration } from '../config/load.ts';
import type { OwnTable } from '../kernel/nft.ts';
import { number } from '../plan/numbering.ts';
import { emptyPlan } from '../plan/plan.ts';
import { formatDifference } from '../reconcile/operation.ts';
import { reconcile } from '../reconcile/reconciler.ts';
import { removal } from '../reconcile/transaction.ts';
import type { Action } from './action.ts';
import { machine } from './machine.ts';

/** Removes what is ours from the kernel, and prints what it removes. */
export const clear: Action = async ({ file, demo }) => {
  const configuration = loadConfiguration(file);
  const { kernel, table } = machine(configuration, demo);
  const outcomes = reconcile(kernel, emptyPlan(number(configuration)));
  kernel.close();
  for (const { operation, error } of outcomes) {
    const lines = formatDifference(operation).join('\n');
    if (error === undefined) process.stdout.write(`${lines}\n`);
    else process.stderr.write(`${lines}\n  failed: ${error.message}\n`);
  }
  const failure = table && (await removeTable(table));
  // Who has none managed need not have the program.
  const failed = failure !== undefined && configuration.firewall.manage;
  if (failed) process.stderr.write(`nft table inet ${table?.name}: ${failure.message}\n`);
  return failed || outcomes.some(({ error }) => error !== undefined) ? 1 : 0;
};

/** Removes the managed table, also one that an earlier configuration has left; what keeps it from that. */
async function removeTable(table: OwnTable): Promise<Error | undefined> {
  try {
    if ((await table.list()) === undefined) return undefined;
    await table.load(removal(table.name));
    process.stdout.write(`- nft table inet ${table.name}\n`);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
