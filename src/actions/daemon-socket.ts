import { ConfigurationError } from '../config/fault.ts';
import { loadConfiguration } from '../config/load.ts';
import { controlPath } from '../control/socket.ts';
import type { Invocation } from './action.ts';

/**
 * Where the daemon listens that an action asks: where the command line says, else where its configuration says. Of a
 * file that cannot be read, or has faults, nothing is known: then the usual place.
 */
export function daemonSocket({ file, socket }: Invocation): string {
  if (socket !== undefined) return socket;
  try {
    return controlPath(loadConfiguration(file).control, process.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return controlPath({}, process.env);
  }
}
