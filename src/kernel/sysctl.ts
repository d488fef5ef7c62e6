import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sysctl, SysctlName } from '../network/sysctl.ts';

const ROOT = '/proc/sys/net';

/**
 * The value of a setting, without its line break; undefined where there is no such setting.
 */
export function readSysctl(name: SysctlName): string | undefined {
  try {
    return readFileSync(pathOf(name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Sets it; throws an error with the system's code. */
export function writeSysctl(sysctl: Sysctl): void {
  writeFileSync(pathOf(sysctl), sysctl.value);
}

function pathOf({ family, path }: SysctlName): string {
  return join(ROOT, `ipv${family}`, ...path);
}
