import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Namespace, terminate } from './namespace.ts';
import { type Transcript, transcribe } from './waiting.ts';

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** The real daemon, running in a namespace with a configuration file of its own. */
export class Daemon {
  /** What it printed, on standard output and standard error. */
  readonly log: Transcript<string>;
  readonly #process: ChildProcess;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ftr-'));

  /** Starts `monitor` with a configuration, given as its values (JSON is YAML) or as the text of the file. */
  constructor(namespace: Namespace, configuration: object | string) {
    this.configure(configuration);
    const command = [process.execPath, main, `--config=${this.#file}`, 'monitor'];
    this.#process = namespace.spawn(command, ['ignore', 'pipe', 'pipe']);
    this.log = transcribe([this.#process.stdout as Readable, this.#process.stderr as Readable], String);
    this.#process.once('exit', () => rmSync(this.#directory, { recursive: true }));
  }

  /** Writes the configuration file anew; a running daemon reads it at SIGHUP. */
  configure(configuration: object | string): void {
    const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration, null, 2);
    writeFileSync(this.#file, text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /**
   * Sends a signal that ends it; its exit code, or null when the signal killed it, once it is gone and its
   * log complete.
   */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    return terminate(this.#process, signal);
  }

  get #file(): string {
    return join(this.#directory, 'fault_tolerant_router.conf');
  }
}
