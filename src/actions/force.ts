import { ask } from '../control/client.ts';
import { type Overridden, overriddenText } from '../control/override.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/** Lays an override on an uplink, or ends it. */
export const force: Action = async (invocation) => {
  const {
    operands: [uplink = '', to],
  } = invocation;
  const path = `/v1/uplinks/${encodeURIComponent(uplink)}/force`;
  const answer = await ask<Overridden>(await daemonSocket(invocation), {
    method: 'POST',
    path,
    body: { to },
  });
  process.stdout.write(`${overriddenText(answer).join('\n')}\n`);
  return 0;
};
