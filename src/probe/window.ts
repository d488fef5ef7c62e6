/** What became of one probe. */
export interface Sample {
  /** When it was sent, ms. */
  readonly sentAt: number;
  /** Round-trip time in ms; absent when it was lost. */
  readonly rtt?: number;
}

/** What the samples of a window say together. */
export interface Summary {
  readonly sent: number;
  readonly lost: number;
  /** Mean and mean deviation of the round-trip times, ms; absent when nothing came back. */
  readonly rtt?: { readonly mean: number; readonly deviation: number };
}

/**
 * The samples of the last `span` ms. Loss and delay are computed from them when asked for, not kept. Touches
 * no clock.
 */
export class SampleWindow {
  readonly span: number;
  #samples: Sample[] = [];

  constructor(span: number) {
    this.span = span;
  }

  /** Adds a sample and forgets what is older than the window. */
  add(sample: Sample, now: number): void {
    this.#samples.push(sample);
    const first = this.#samples.findIndex(({ sentAt }) => now - sentAt < this.span);
    // Shifting one by one would cost a copy each; let a few old ones wait for the next time.
    if (first > 64 || first > this.#samples.length / 2) this.#samples.splice(0, first);
  }

  /** Of the whole window. */
  summary(now: number): Summary {
    return summarize(this.#samples.filter(({ sentAt }) => now - sentAt < this.span));
  }

  /** Of `count` equal slices of the window, the oldest first. */
  slices(now: number, count: number): Summary[] {
    const length = this.span / count;
    const slices = Array.from({ length: count }, (): Sample[] => []);
    for (const sample of this.#samples)
      slices[count - 1 - Math.floor((now - sample.sentAt) / length)]?.push(sample);
    return slices.map(summarize);
  }
}

function summarize(samples: readonly Sample[]): Summary {
  const times = samples.flatMap(({ rtt }) => rtt ?? []);
  const counts = { sent: samples.length, lost: samples.length - times.length };
  if (times.length === 0) return counts;
  const mean = average(times);
  return { ...counts, rtt: { mean, deviation: average(times.map((rtt) => Math.abs(rtt - mean))) } };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
