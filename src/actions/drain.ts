import { ask } from '../control/client.ts';
import { type Overridden, overriddenText } from '../control/override.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/** Gives an uplink no new connections, for a time or until it is forced to "auto". */
export const drain: Action = async (invocation) => {
  const {
    operands: [uplink = ''],
    options,
  } = invocation;
  const path = `/v1/uplinks/${encodeURIComponent(uplink)}/drain`;
  const body = { for: options['for'] };
  const answer = await ask<Overridden>(await daemonSocket(invocation), { method: 'POST', path, body });
  process.stdout.write(`${overriddenText(answer).join('\n')}\n`);
  return 0;
};
