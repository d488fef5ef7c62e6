import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/**
 * Where the service's credentials are for root while the service runs (systemd.exec(5), CREDENTIALS); the service itself
 * is told.
 */
const CREDENTIALS = '/run/credentials/fault-tolerant-router.service';

/**
 * A secret that stands in a file, without the line break at its end; `place` is its path, or the name of one of the
 * service's credentials. Undefined for a credential where this process is not the service and may not have it. Throws an
 * error with the reason when there is none.
 */
export function readSecret(place: string, environment: NodeJS.ProcessEnv): string | undefined {
  const handedOver = environment['CREDENTIALS_DIRECTORY'];
  const file = isAbsolute(place) ? place : join(handedOver ?? CREDENTIALS, place);
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (isAbsolute(place)) throw new Error(`cannot be read: ${message}`, { cause: error });
    if (handedOver === undefined && (code === 'ENOENT' || code === 'EACCES')) return undefined;
    throw new Error(
      code === 'ENOENT'
        ? `the service has no credential ${place}`
        : `the credential cannot be read: ${message}`,
      { cause: error },
    );
  }
  if (secret === '') throw new Error('there is nothing in the file');
  return secret;
}
