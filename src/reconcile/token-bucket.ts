/** Lets `capacity` things happen at once and one more each `refill` ms. Touches no clock. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #refill: number;
  /** The time at which the bucket would be full again, if nothing more were taken. */
  #fullAt: number;

  constructor(capacity: number, refill: number, now: number) {
    this.#capacity = capacity;
    this.#refill = refill;
    this.#fullAt = now;
  }

  /** Takes a token; returns when it may be used: now, or later when there is none left. */
  take(now: number): number {
    this.#fullAt = Math.max(this.#fullAt, now) + this.#refill;
    return Math.max(now, this.#fullAt - this.#capacity * this.#refill);
  }
}
