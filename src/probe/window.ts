/** What the samples of a window say together. */
export interface Summary {
  readonly sent: number;
  readonly lost: number;
  /** Mean and mean deviation of the round-trip times, ms; absent when nothing came back. */
  readonly rtt?: { readonly mean: number; readonly deviation: number };
}

/** Numbers for each sample: when it was sent, and its round-trip time, NaN when it was lost; both ms. */
const COLUMNS = 2;

/**
 * The samples of the last `span` ms. Loss and delay are computed from them when asked for, not kept. A ring of
 * numbers, since a sample for every probe would otherwise be most of what the garbage collector has to do.
 * Touches no clock.
 */
export class SampleWindow {
  readonly span: number;
  #ring = new Float64Array(64 * COLUMNS);
  #first = 0;
  #length = 0;

  constructor(span: number) {
    this.span = span;
  }

  /** Adds what became of a probe, lost when it has no round-trip time, and forgets what is older than the window. */
  add(sentAt: number, rtt: number | undefined, now: number): void {
    while (this.#length > 0 && now - this.#at(0) >= this.span) {
      this.#first = (this.#first + COLUMNS) % this.#ring.length;
      this.#length--;
    }
    if (this.#length * COLUMNS === this.#ring.length) this.#grow();
    const place = this.#place(this.#length++);
    this.#ring[place] = sentAt;
    this.#ring[place + 1] = rtt ?? Number.NaN;
  }

  /** Of the whole window. */
  summary(now: number): Summary {
    return this.slices(now, 1)[0] as Summary;
  }

  /** Of `count` equal slices of the window, the oldest first. */
  slices(now: number, count: number): Summary[] {
    const slices = Array.from({ length: count }, (): number[] => []);
    for (let index = 0; index < this.#length; index++) {
      const age = now - this.#at(index);
      slices[count - 1 - Math.floor((age * count) / this.span)]?.push(
        this.#ring[this.#place(index) + 1] as number,
      );
    }
    return slices.map(summarize);
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
  return { ...counts, rtt: { mean, deviation: average(times.map((rtt) => Math.abs(rtt - mean))) } };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
