import { policyTable } from './policy-table.ts';
import { columns, line, type Terminal } from './span.ts';
import type { Status } from './status.ts';
import { inForceSentence, statusSentence } from './status-line.ts';
import { statusTable } from './table.ts';

/** The status for people, as lines that fit the terminal. Pure. */
export function statusPage(status: Status, terminal: Terminal): string[] {
  const sentences = [statusSentence(status), inForceSentence(status)];
  const together = sentences.join(' ');
  return [
    ...statusTable(status, terminal),
    ...policyTable(status.policies, terminal),
    ...(columns(together) <= terminal.width ? [together] : sentences).map((text) =>
      line([{ text }], terminal),
    ),
    ...status.kernel.faults.map((text) => line([{ text: `  ${text}`, style: 'red' }], terminal)),
  ];
}

/** 0: all is well; 1: an uplink is down, or the kernel is not as planned; 3: no uplink works. Pure. */
export function statusExit({ uplinks, kernel }: Pick<Status, 'uplinks' | 'kernel'>): 0 | 1 | 3 {
  if (uplinks.every(({ state }) => state === 'down')) return 3;
  return kernel.as_planned && uplinks.every(({ state }) => state === 'up') ? 0 : 1;
}
