import { ask } from '../control/client.ts';
import type { Explanation } from '../explain/explanation.ts';
import { explanationText } from '../explain/text.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/**
 * Says where a new connection would go. The daemon answers it, and not this process: it knows which uplink rests and
 * why, by the configuration that is in force; and whoever may ask it needs to read neither the file nor be root.
 */
export const explain: Action = async (invocation) => {
  const {
    operands: [destination = ''],
    options,
  } = invocation;
  const query = new URLSearchParams({ destination });
  for (const [name, value] of Object.entries(options)) if (typeof value === 'string') query.set(name, value);
  const path = `/v1/explain?${String(query)}`;
  const explanation = await ask<Explanation>(await daemonSocket(invocation), { path });
  process.stdout.write(`${explanationText(explanation).join('\n')}\n`);
  return explanation.way === null ? 1 : 0;
};
