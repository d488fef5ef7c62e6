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

  #searching = false;

  /**
   * Looks at the line when it is time to: while something is wrong (`searching`) whenever it may, else once a second.
   * `read` counts the bytes. Whether about as much arrives in the trouble as in quiet times, since it began or, when it
   * begins, since the last look; undefined when nothing new is known.
   */
  observe(searching: boolean, now: number, read: () => number | undefined): boolean | undefined {
    const begun = searching && !this.#searching;
    this.#searching = searching;
    if (!searching && now - this.#at < PERIOD) return undefined;
    const bytes = read();
    if (bytes === undefined) return undefined;
    const rate = this.#rate(bytes, now);
    if (!searching) this.#usual = rate;
    if (!searching || begun) {
      this.#bytes = bytes;
      this.#at = now;
    }
    return searching && rate >= Math.max(CHATTER, PART * this.#usual);
  }

  #rate(bytes: number, now: number): number {
    return now > this.#at ? (1000 * (bytes - this.#bytes)) / (now - this.#at) : 0;
  }
}
