import { loadConfiguration } from '../config/load.ts';
import { number } from '../plan/numbering.ts';
import { emptyPlan } from '../plan/plan.ts';
import { formatDifference } from '../reconcile/operation.ts';
import { reconcile } from '../reconcile/reconciler.ts';
import type { Action } from './action.ts';
import { machine } from './machine.ts';

/** Removes what is ours from the kernel, and prints what it removes. */
export const clear: Action = ({ file, demo }) => {
  const configuration = loadConfiguration(file);
  const { kernel } = machine(configuration, demo);
  const outcomes = reconcile(kernel, emptyPlan(number(configuration)));
  kernel.close();
  for (const { operation, error } of outcomes) {
    const lines = formatDifference(operation).join('\n');
    if (error === undefined) process.stdout.write(`${lines}\n`);
    else process.stderr.write(`${lines}\n  failed: ${error.message}\n`);
  }
  return outcomes.some(({ error }) => error !== undefined) ? 1 : 0;
};
