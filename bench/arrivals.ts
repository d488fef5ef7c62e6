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

/** Records the probes that reach a namespace from now on: the witness of what a prober does, whoever it is. */
export async function recordArrivals(namespace: Namespace): Promise<Transcript<Arrival>> {
  const program = namespace.spawn([process.execPath, recorder]);
  const arrivals = transcribe([program.stdout as Readable], parse);
  await arrivals.until(({ source }) => source === 'ready', { within: 5000 });
  return arrivals;
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
