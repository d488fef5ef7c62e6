/** The interval, ms, when the next uplink that works is wanted at once. */
const HURRY = 1000;
/**
 * A path that is new, because a link has come back, is probed in a hurry for so long, ms, or until it works:
 * switches and modems need a while.
 */
const SETTLING = 60_000;

/** Whether an answer is wanted soon. Touches no clock. */
export class Hurry {
  /** Nothing works, and the first uplink that does is wanted. */
  wanted = false;
  /** Until then a path that has not worked yet is probed in a hurry. */
  #settledAt = Number.NEGATIVE_INFINITY;

  /** The path is another one since `now`. */
  begin(now: number): void {
    this.#settledAt = now + SETTLING;
  }

  /** It works. */
  settle(): void {
    this.#settledAt = Number.NEGATIVE_INFINITY;
  }

  at(now: number): boolean {
    return this.wanted || now < this.#settledAt;
  }
}

/** Over what time, ms, quiet probes are spread that otherwise take an interval, ms; in a hurry or not. */
export function paceOf(interval: number, hurried: boolean): number {
  return hurried ? Math.min(interval, HURRY) : interval;
}
