import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Override } from '../uplink/override.ts';
import type { OverrideStore, OverridesByInterface } from './overrides.ts';

/**
 * Where overrides outlive the daemon but not the machine: beside the control socket, in a file system that is empty
 * after a boot. systemd.exec(5): RuntimeDirectory=, RuntimeDirectoryPreserve=restart.
 */
export function overridePath(environment: NodeJS.ProcessEnv): string {
  return join(environment['RUNTIME_DIRECTORY'] ?? '/run/fault-tolerant-router', 'overrides.json');
}

/** Times are CLOCK_MONOTONIC's: they mean the same to the next process and nothing after a boot. */
const override: z.ZodType<Override> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['up', 'down']) }),
  z.object({ kind: z.literal('drained'), until: z.number().exactOptional() }),
]);
const contents = z.record(z.string(), override);

/** Overrides in a small file, always whole: `{"eth1": {"kind": "down"}}`. */
export class OverrideFile implements OverrideStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** None when there is no file. Throws when it cannot be read or understood. */
  load(): OverridesByInterface {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw error;
    }
    const parsed = contents.safeParse(JSON.parse(text));
    if (!parsed.success) throw new Error(`${this.#path}: ${z.prettifyError(parsed.error)}`);
    return new Map(Object.entries(parsed.data));
  }

  /** Not synced: the file is in memory anyhow. */
  save(overrides: OverridesByInterface): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o755 });
    const fresh = `${this.#path}.new`;
    writeFileSync(fresh, JSON.stringify(Object.fromEntries(overrides)));
    renameSync(fresh, this.#path);
  }
}
