import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Address } from '../../src/network/address.ts';
import type { Exchange, TrafficOptions } from './exchange.ts';
import { type Namespace, terminate } from './namespace.ts';
import { type Transcript, transcribe } from './waiting.ts';

/** A client at work, and what became of each of its questions. */
export class Traffic {
  readonly exchanges: Transcript<Exchange>;
  readonly #client: ChildProcess;

  /** Starts asking from a namespace. */
  constructor(namespace: Namespace, options: TrafficOptions) {
    this.#client = namespace.spawn(program('traffic-client', JSON.stringify(options)));
    this.exchanges = transcribe([this.#client.stdout as Readable], (line) => JSON.parse(line) as Exchange);
  }

  /**
   * Waits until so many more questions have an outcome; those exchanges. Rejects after `within` milliseconds.
   */
  async next(count: number, within = 10_000): Promise<Exchange[]> {
    const since = this.exchanges.entries.length;
    await this.exchanges.until(() => this.exchanges.entries.length >= since + count, { within, since });
    return this.exchanges.entries.slice(since);
  }

  /** Asks until so many have an answer, and no more; every exchange, once the last question is answered or lost. */
  async take(count: number): Promise<readonly Exchange[]> {
    await this.next(count);
    return this.stop();
  }

  /** Asks no more; every exchange, once the last question is answered or lost. */
  async stop(): Promise<readonly Exchange[]> {
    await terminate(this.#client, 'SIGTERM');
    return this.exchanges.entries;
  }
}

/**
 * Starts the servers that tell clients where they come from, on these addresses of a namespace; resolves when
 * they listen.
 */
export async function startEcho(namespace: Namespace, addresses: readonly Address[]): Promise<void> {
  const server = namespace.spawn(program('echo-server', ...addresses));
  await transcribe([server.stdout as Readable], String).until((line) => line === 'ready', { within: 5000 });
}

function program(name: string, ...args: string[]): string[] {
  return [process.execPath, fileURLToPath(new URL(`${name}.js`, import.meta.url)), ...args];
}
