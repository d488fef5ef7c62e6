import { ask } from '../control/client.ts';
import { type Overridden, overriddenText } from '../control/override.ts';
import { controlPath } from '../control/socket.ts';
import type { Action } from './action.ts';

/** Lays an override on an uplink, or ends it. */
export const force: Action = async ({ operands: [uplink = '', to] }) => {
  const path = `/v1/uplinks/${encodeURIComponent(uplink)}/force`;
  const answer = await ask<Overridden>(controlPath(process.env), { method: 'POST', path, body: { to } });
  process.stdout.write(`${overriddenText(answer).join('\n')}\n`);
  return 0;
};
