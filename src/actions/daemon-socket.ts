import { ConfigurationError } from '../config/fault.ts';
import { loadConfiguration } from '../config/load.ts';
import { controlPath, isServed } from '../control/socket.ts';
import type { Invocation } from './action.ts';

/**
 * Where the daemon listens that an action asks: where the command line says, else where its configuration says. Nobody
 * may listen there yet, when it was changed since, and nothing is known of a file that cannot be read or has faults:
 * then the usual place.
 */
export async function daemonSocket({ file, socket }: Invocation): Promise<string> {
  if (socket !== undefined) return socket;
  const usual = controlPath({}, process.env);
  const said = configured(file) ?? usual;
  return said === usual || (await mayBeServed(said)) || !(await mayBeServed(usual)) ? said : usual;
}

function configured(file: string): string | undefined {
  try {
    return loadConfiguration(file).control.socket;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** Also where it cannot be known: whoever asks there is told why. */
function mayBeServed(path: string): Promise<boolean> {
  return isServed(path).catch(() => true);
}
