import { ask } from '../control/client.ts';
import { type Overridden, overriddenText } from '../control/override.ts';
import { controlPath } from '../control/socket.ts';
import type { Action } from './action.ts';

/** Gives an uplink no new connections, for a time or until it is forced to "auto". */
export const drain: Action = async ({ operands: [uplink = ''], options }) => {
  const path = `/v1/uplinks/${encodeURIComponent(uplink)}/drain`;
  const body = { for: options['for'] };
  const answer = await ask<Overridden>(controlPath(process.env), { method: 'POST', path, body });
  process.stdout.write(`${overriddenText(answer).join('\n')}\n`);
  return 0;
};
