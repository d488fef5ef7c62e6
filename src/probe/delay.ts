import type { TargetRecord } from './target-record.ts';

/** What a line may do at most. */
export interface Limits {
  /** Part of the probes that are lost, 0 to 1. */
  readonly loss: number;
  /** Round-trip time as the median of the targets, ms; absent: as long as it likes. */
  readonly rtt?: number;
  /** Its mean deviation likewise. */
  readonly jitter?: number;
}

/** What is slower than it may be, in words; undefined when nothing is, or when fewer targets than `needed` tell. */
export function delay(
  records: readonly TargetRecord[],
  needed: number,
  { rtt, jitter }: Limits,
): string | undefined {
  if (rtt === undefined && jitter === undefined) return undefined;
  const known = records.flatMap(({ roundTrip: { mean, deviation } }) =>
    mean === undefined ? [] : { mean, deviation },
  );
  if (known.length < needed) return undefined;
  return (
    excess('round-trip time', median(known.map(({ mean }) => mean)), rtt) ??
    excess('jitter', median(known.map(({ deviation }) => deviation)), jitter)
  );
}

function excess(what: string, value: number, most = Number.POSITIVE_INFINITY): string | undefined {
  return value > most ? `${what} ${value.toFixed(0)} ms, at most ${most} ms allowed` : undefined;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
