import { loadConfiguration } from '../config/load.ts';
import type { OwnTable } from '../kernel/nft.ts';
import { readOnly } from '../kernel/read-only.ts';
import { Monitor } from '../monitor/monitor.ts';
import { difference } from '../reconcile/difference.ts';
import { formatDifference } from '../reconcile/operation.ts';
import type { Action } from './action.ts';
import { machine } from './machine.ts';

/**
 * Prints what the daemon would change in the kernel if it started now, by letting it start with a kernel that
 * only reads.
 */
export const plan: Action = async ({ file, demo }) => {
  const configuration = loadConfiguration(file);
  const { table, ...real } = machine(configuration, demo);
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
  const tableLines = await tableDifference(table, monitor.wantedTable);
  if (tableLines.length > 0) changes += 1;
  lines.push(...tableLines);
  lines.push(
    changes === 0
      ? 'The kernel is as planned.'
      : `${changes} change${changes === 1 ? '' : 's'}. Nothing was changed.`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
};

/** What would become of the managed table; nothing where none is wanted. Rejects when it cannot be read. */
async function tableDifference(table: OwnTable | undefined, wanted: string | undefined): Promise<string[]> {
  if (table === undefined || wanted === undefined) return [];
  const standing = await table.list();
  const changes = difference(standing ?? '', wanted);
  const sign = standing === undefined ? '+' : '~';
  return changes.length === 0
    ? []
    : [`${sign} nft table inet ${table.name}:`, ...changes.map((line) => `    ${line}`)];
}
