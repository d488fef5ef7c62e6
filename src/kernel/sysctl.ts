import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/proc/sys/net/ipv4';

/**
 * The value of a setting below net.ipv4, without its line break; undefined where there is no such setting.
 */
export function readSysctl(path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(ROOT, ...path), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Sets it; throws an error with the system's code. */
export function writeSysctl(path: readonly string[], value: string): void {
  writeFileSync(join(ROOT, ...path), value);
}
