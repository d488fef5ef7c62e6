import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** Why a program of Debian cannot be measured; undefined when it can. */
export function absence(program: string): string | undefined {
  const { status } = spawnSync('sh', ['-c', `command -v ${program}`]);
  return status === 0 ? undefined : `${program} is not installed`;
}

/** Why a package of bench/peers/ cannot be measured; undefined when it can. */
export async function packageAbsence(name: string): Promise<string | undefined> {
  try {
    await peerPackage(name);
    return undefined;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return reason;
  }
}

/** Loads a package of bench/peers/, whose types are not known; rejects when it is not installed. */
export async function peerPackage<T>(name: string): Promise<T> {
  const path = createRequire(new URL('../../bench/peers/package.json', import.meta.url)).resolve(name);
  const loaded = (await import(path)) as { default?: T } & T;
  return loaded.default ?? loaded;
}
