import type { Address } from '../src/network/address.ts';
import { type Answered, type Exchange, isLost } from '../test/support/exchange.ts';

/** Old connections, each with a packet in 20 ms as a telephone call has; so many that some are on every line. */
export const FLOWS = { flows: 24, every: 20 };

/** The packets of one old connection, in order. */
type Flow = readonly Exchange[];

/** Old connections that began on a line, and on the others; throws when there are none of one kind. */
export function byLine(
  packets: readonly Exchange[],
  line: Address,
): { stranded: readonly Flow[]; elsewhere: readonly Flow[] } {
  const flows = Array.from({ length: FLOWS.flows }, (_, flow) =>
    packets.filter((packet) => packet.flow === flow).toSorted((a, b) => a.sequence - b.sequence),
  );
  const stranded = flows.filter((flow) => origin(flow) === line);
  const elsewhere = flows.filter((flow) => ![undefined, line].includes(origin(flow)));
  if (stranded.length === 0 || elsewhere.length === 0)
    throw new Error('all old connections began on one side');
  return { stranded, elsewhere };
}

function origin([first]: Flow): Address | undefined {
  return first === undefined || isLost(first) ? undefined : first.via;
}

/** When a flow was first answered over another line, CLOCK_MONOTONIC ms; Infinity when it never was. */
export function answeredElsewhere(flow: Flow, line: Address): number {
  const answers = flow.flatMap((packet) => (isLost(packet) || packet.via === line ? [] : answeredAt(packet)));
  return Math.min(...answers);
}

/** The longest time between two answers to packets that were sent at `from` or later, ms. */
export function longestGap(flow: Flow, from: number): number {
  const answers = flow.flatMap((packet) =>
    isLost(packet) || packet.startedAt < from ? [] : answeredAt(packet),
  );
  return Math.max(0, ...answers.map((at, index) => at - (answers[index - 1] ?? at)));
}

function answeredAt({ startedAt, answeredAfter }: Answered): number {
  return startedAt + answeredAfter;
}
