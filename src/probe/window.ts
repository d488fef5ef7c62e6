/** What the samples of a window say together. */
export interface Summary {
  readonly sent: number;
  readonly lost: number;
  /** Median, mean, and mean deviation from it (jitter) of the round-trip times, ms; absent when nothing came back. */
  readonly rtt?: { readonly median: number; readonly mean: number; readonly deviation: number };
}

/** What became of a probe: ms, `rtt` is absent where it was lost. */
export interface Sample {
  readonly target: string;
  readonly sentAt: number;
  readonly rtt?: number | undefined;
}

/** Numbers for each sample: when it was sent, its round-trip time, NaN when it was lost, both ms; who was asked. */
const COLUMNS = 3;

/**
 * The samples of the last `span` ms. Loss and delay are computed from them when asked for, not kept. A ring of
 * numbers, since a sample for every probe would otherwise be most of what the garbage collector has to do.
 * Touches no clock.
 */
export class SampleWindow {
  readonly span: number;
  /** Numbers for the names of who was asked. */
  readonly #targets = new Map<string, number>();
  #ring = new Float64Array(64 * COLUMNS);
  #first = 0;
  #length = 0;

  constructor(span: number) {
    this.span = span;
  }

  /** Adds what became of a probe, lost when it has no round-trip time, and forgets what is older than the window. */
  add({ target, sentAt, rtt }: Sample, now: number): void {
    while (this.#length > 0 && now - this.#at(0) >= this.span) {
      this.#first = (this.#first + COLUMNS) % this.#ring.length;
      this.#length--;
    }
    if (this.#length * COLUMNS === this.#ring.length) this.#grow();
    const place = this.#place(this.#length++);
    this.#ring[place] = sentAt;
    this.#ring[place + 1] = rtt ?? Number.NaN;
    this.#ring[place + 2] = this.#number(target);
  }

  /** Of the whole window; with a target's name, of its samples alone. */
  summary(now: number, target?: string): Summary {
    return summarize(this.#slices(now, 1, target)[0] ?? []);
  }

  /** Of `count` equal slices of the window, the oldest first. */
  slices(now: number, count: number): Summary[] {
    return this.#slices(now, count).map(summarize);
  }

  /** The round-trip times of each slice. */
  #slices(now: number, count: number, target?: string): number[][] {
    const wanted = target === undefined ? undefined : this.#number(target);
    const slices = Array.from({ length: count }, (): number[] => []);
    for (let index = 0; index < this.#length; index++) {
      const place = this.#place(index);
      if (wanted !== undefined && this.#ring[place + 2] !== wanted) continue;
      const age = now - (this.#ring[place] as number);
      slices[count - 1 - Math.floor((age * count) / this.span)]?.push(this.#ring[place + 1] as number);
    }
    return slices;
  }

  #number(target: string): number {
    const known = this.#targets.get(target);
    if (known !== undefined) return known;
    const fresh = this.#targets.size;
    this.#targets.set(target, fresh);
    return fresh;
  }

  #at(index: number): number {
    return this.#ring[this.#place(index)] as number;
  }

  #place(index: number): number {
    return (this.#first + index * COLUMNS) % this.#ring.length;
  }

  #grow(): void {
    const ring = new Float64Array(this.#ring.length * 2);
    ring.set(this.#ring.subarray(this.#first));
    ring.set(this.#ring.subarray(0, this.#first), this.#ring.length - this.#first);
    this.#ring = ring;
    this.#first = 0;
  }
}

/** Of round-trip times, NaN for each loss. */
function summarize(samples: readonly number[]): Summary {
  const times = samples.filter((rtt) => !Number.isNaN(rtt));
  const counts = { sent: samples.length, lost: samples.length - times.length };
  if (times.length === 0) return counts;
  const mean = average(times);
  const deviation = average(times.map((rtt) => Math.abs(rtt - mean)));
  return { ...counts, rtt: { median: median(times), mean, deviation } };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
