import { ask } from '../control/client.ts';
import { statusExit, statusPage } from '../control/status-page.ts';
import type { Status } from '../control/status.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';
import { outputSize } from './terminal.ts';
import { watch } from './watch.ts';

/** Asks the daemon how the uplinks are; the exit status says if all is well. */
export const status: Action = async (invocation) => {
  const socket = await daemonSocket(invocation);
  const look = () => ask<Status>(socket, { path: '/v1/status' });
  const { json, watch: watching } = invocation.options;
  if (watching !== undefined) return watch(look, json !== undefined);
  const answer = await look();
  const lines = json === undefined ? statusPage(answer, outputSize()) : [JSON.stringify(answer)];
  process.stdout.write(`${lines.join('\n')}\n`);
  return statusExit(answer);
};
