import { ask } from '../control/client.ts';
import { ControlError } from '../control/error.ts';
import type { Reloaded } from '../control/reload.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/** Hundreds of uplinks take their time, ms. */
const PATIENCE = 60_000;

/** Has the daemon put its configuration file in force, and waits until it is, in the kernel too. */
export const reload: Action = async (invocation) => {
  const question = { method: 'POST', path: '/v1/reload', within: PATIENCE } as const;
  try {
    const { file, kernel_faults: faults } = await ask<Reloaded>(await daemonSocket(invocation), question);
    process.stdout.write(`Configuration of ${file} is in force\n`);
    if (faults.length === 0) return 0;
    process.stderr.write(`The kernel is not as planned:\n${faults.join('\n')}\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== 409) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
};
