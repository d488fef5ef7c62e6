/** Of RFC 6298: how fast the mean and the deviation follow. */
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const K = 4;
/** Until a first reply has come, ms (RFC 6298, 2.1). */
const UNKNOWN = 1000;
/** ms. RFC 6298 asks for a second, but a probe that is asked once too often costs less than a connection. */
const LEAST = 100;

/** What a target's replies so far let expect of the next one (RFC 6298). Times in ms. */
export class RoundTripEstimator {
  #mean: number | undefined;
  #least = Number.POSITIVE_INFINITY;
  #deviation = 0;

  /** A reply took so long. */
  add(rtt: number): void {
    if (this.#mean === undefined) {
      this.#mean = rtt;
      this.#deviation = rtt / 2;
    } else {
      this.#deviation += BETA * (Math.abs(this.#mean - rtt) - this.#deviation);
      this.#mean += ALPHA * (rtt - this.#mean);
    }
    this.#least = Math.min(this.#least, this.#mean);
  }

  /** The smoothed round-trip time; undefined before the first reply. */
  get mean(): number | undefined {
    return this.#mean;
  }

  /** Its smoothed mean deviation. */
  get deviation(): number {
    return this.#deviation;
  }

  /** Replies take much longer than they once did, as those that stand in a queue. */
  get stretched(): boolean {
    return this.#mean !== undefined && this.#mean > 2 * this.#least + LEAST;
  }

  /** A reply that takes longer than this is overdue. */
  get patience(): number {
    return this.#mean === undefined ? UNKNOWN : Math.max(LEAST, this.#mean + K * this.#deviation);
  }
}
