import { balance } from '../check/balance.ts';
import { balanceText } from '../check/balance-text.ts';
import { loadConfiguration } from '../config/load.ts';
import { number } from '../plan/numbering.ts';
import type { Action } from './action.ts';
import { UsageError } from './command-line.ts';
import { machine } from './machine.ts';

/** Takes some seconds. */
const MOST = 100_000;

/**
 * Shows how connections would spread over the uplinks: the kernel is asked, nothing is sent. Needs the routes that a
 * daemon has put in place, and no daemon.
 */
export const balanceTest: Action = ({ file, demo, operands: [word = ''], options: { json } }) => {
  const count = /^\d+$/.test(word) ? Number(word) : 0;
  if (count < 1 || count > MOST)
    throw new UsageError(`balance_test: ${word} is no number of connections; allowed: 1 to ${MOST}`);
  const configuration = loadConfiguration(file);
  const { kernel } = machine(configuration, demo);
  const answer = balance(kernel, number(configuration).balancing.table, configuration.downlinks.lan, count);
  kernel.close();
  if (answer.families.length === 0) {
    process.stderr.write('fault_tolerant_router: there is no balancing route: no daemon has run here yet\n');
    return 1;
  }
  const lines = json === undefined ? balanceText(answer, configuration.uplinks) : [JSON.stringify(answer)];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
};
