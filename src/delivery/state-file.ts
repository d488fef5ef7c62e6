import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Where files outlive the daemon and the machine's restart: in the directory that systemd made for it (systemd.exec(5),
 * StateDirectory=), else where that would be.
 */
export function stateDirectory(environment: NodeJS.ProcessEnv): string {
  return environment['STATE_DIRECTORY'] ?? '/var/lib/fault-tolerant-router';
}

/**
 * Replaces a file so that it is the old or the new one at every moment, power failures included; makes its directory. It
 * is readable by its owner alone. Rejects with the error of the file system.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh = `${path}.new`;
  await using file = await open(fresh, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
  await rename(fresh, path);
  await using entries = await open(directory);
  await entries.sync();
}
