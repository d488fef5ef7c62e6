import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Namespace, terminate } from './namespace.ts';

/** What an advertised prefix is good for: addresses of a deprecated one are not chosen for new connections. */
export type Prefixes = Readonly<Record<string, 'preferred' | 'deprecated'>>;

/** A router that advertises itself and prefixes on a link (radvd, RFC 4861), every few seconds. */
export class Advertiser {
  readonly #namespace: Namespace;
  readonly #device: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ftr-radvd-'));
  #process: ChildProcess | undefined;

  constructor(namespace: Namespace, device: string) {
    this.#namespace = namespace;
    this.#device = device;
  }

  /** From now on; the first time at once. */
  advertise(prefixes: Prefixes): void {
    const lines = Object.entries(prefixes).map(([prefix, state]) => {
      const preferred = state === 'preferred' ? 1800 : 0;
      return `prefix ${prefix} { AdvPreferredLifetime ${preferred}; AdvValidLifetime 3600; };`;
    });
    const file = join(this.#directory, 'radvd.conf');
    const rhythm = 'AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 1800;';
    writeFileSync(file, `interface ${this.#device} { ${rhythm} ${lines.join(' ')} };\n`);
    if (this.#process !== undefined) {
      this.#process.kill('SIGHUP');
      return;
    }
    const command = ['radvd', '--nodaemon', '--logmethod=stderr', `--pidfile=${this.#directory}/pid`];
    this.#process = this.#namespace.spawn([...command, `--config=${file}`], 'ignore');
  }

  /** Says that there is no router here any more, as one does that is shut down, and ends. */
  async close(): Promise<void> {
    if (this.#process !== undefined) await terminate(this.#process, 'SIGTERM');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
