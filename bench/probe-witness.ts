import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Address } from '../src/network/address.ts';
import type { Namespace } from '../test/support/namespace.ts';
import { type Transcript, transcribe } from '../test/support/waiting.ts';

const recorder = fileURLToPath(new URL('programs/echo-recorder.js', import.meta.url));

/** An echo request at its destination; CLOCK_MONOTONIC ms by the kernel's stamp. */
export interface Arrival {
  readonly source: Address;
  readonly target: Address;
  readonly at: number;
}

/** Records the probes that reach a namespace: the witness of what a prober does, whoever it is. */
export class ProbeWitness {
  readonly #arrivals: Transcript<Arrival>;

  private constructor(arrivals: Transcript<Arrival>) {
    this.#arrivals = arrivals;
  }

  /** Resolves when it listens. */
  static async in(namespace: Namespace): Promise<ProbeWitness> {
    const program = namespace.spawn([process.execPath, recorder]);
    const arrivals = transcribe([program.stdout as Readable], parse);
    await arrivals.until(({ source }) => source === 'ready', { within: 5000 });
    return new ProbeWitness(arrivals);
  }

  /** Waits for the next probe of a source. */
  next(from: Address): Promise<Arrival> {
    const since = this.#arrivals.entries.length;
    return this.#arrivals.until(({ source }) => source === from, { within: 5000, since });
  }

  /** The probes that arrived at `from` or later and before `to`, CLOCK_MONOTONIC ms. */
  between(from: number, to: number): Arrival[] {
    return this.#arrivals.entries.filter(({ at }) => at >= from && at < to);
  }
}

/** Times between the probes of each source to each target, ms. */
export function intervals(arrivals: readonly Arrival[]): number[] {
  const last = new Map<string, number>();
  return arrivals.flatMap(({ source, target, at }) => {
    const pair = `${source} ${target}`;
    const before = last.get(pair);
    last.set(pair, at);
    return before === undefined ? [] : [at - before];
  });
}

function parse(line: string): Arrival {
  const [source = '', target = '', at] = line.split(' ');
  return { source, target, at: Number(at) };
}
