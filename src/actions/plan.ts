import { loadConfiguration } from '../config/load.ts';
import { readOnly } from '../kernel/read-only.ts';
import { Monitor } from '../monitor/monitor.ts';
import { formatDifference } from '../reconcile/operation.ts';
import type { Action } from './action.ts';
import { machine } from './machine.ts';

/**
 * Prints what the daemon would change in the kernel if it started now, by letting it start with a kernel that
 * only reads.
 */
export const plan: Action = ({ file, demo }) => {
  const configuration = loadConfiguration(file);
  const real = machine(configuration, demo);
  const lines: string[] = [];
  let changes = 0;
  const monitor = new Monitor(configuration, { ...real, kernel: readOnly(real.kernel) }, (event) => {
    if (event.kind === 'unreadable') throw event.error;
    if (event.kind !== 'reconciled') return;
    changes += event.outcomes.length;
    lines.push(...event.outcomes.flatMap(({ operation }) => formatDifference(operation)));
  });
  monitor.start();
  monitor.stop();
  lines.push(
    changes === 0
      ? 'The kernel is as planned.'
      : `${changes} change${changes === 1 ? '' : 's'}. Nothing was changed.`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
};
