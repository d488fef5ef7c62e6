/**
 * Fewer bytes than this in a second are chatter, not traffic: the replies to our own probes are, some 100 bytes each and
 * 60 a second while six targets are asked again and again.
 */
const CHATTER = 10_000;
/** A line is as busy as before when it receives at least this part of what it did. */
const PART = 0.5;
/** From one look in quiet times to the next, ms. */
const PERIOD = 1000;

/**
 * Tells a line that is full from a dead one: on the full one data go on to arrive while replies are overdue. It is
 * handed the interface's count of received bytes. Touches no clock.
 */
export class TrafficMeter {
  #bytes = 0;
  #at = Number.NEGATIVE_INFINITY;
  /** Bytes in a second. */
  #usual = 0;

  /** It is time for a look, if times are quiet. */
  due(now: number): boolean {
    return now - this.#at >= PERIOD;
  }

  /** A look in quiet times. */
  look(bytes: number, now: number): void {
    this.#usual = this.#rate(bytes, now);
    this.mark(bytes, now);
  }

  /** Something is wrong from now on: what arrives is counted anew. */
  mark(bytes: number, now: number): void {
    this.#bytes = bytes;
    this.#at = now;
  }

  /** Since the last look, or mark, about as much has arrived as in quiet times. */
  busy(bytes: number, now: number): boolean {
    return this.#rate(bytes, now) >= Math.max(CHATTER, PART * this.#usual);
  }

  #rate(bytes: number, now: number): number {
    return now > this.#at ? (1000 * (bytes - this.#bytes)) / (now - this.#at) : 0;
  }
}
