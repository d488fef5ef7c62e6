/** A loss is always possible, and never certain. */
const LEAST = 0.001;
const MOST = 0.99;

/**
 * A sequential test of whether more or less than a part of the probes gets lost: the logarithm of how much likelier
 * twice that loss has become than half of it (Wald, Annals of Mathematical Statistics 16, 1945), as a cumulative sum
 * that does not fall below 0 (Page, Biometrika 41, 1954), so that a long good time does not outweigh a bad moment.
 */
export class SequentialTest {
  readonly #lost: number;
  readonly #answered: number;
  readonly #most: number;
  #sum = 0;

  /** `loss`: the part, 0 to 1. `favour`: which outcome makes the sum grow; it grows to `most`. */
  constructor(loss: number, favour: 'lost' | 'answered', most: number) {
    const greater = Math.min(MOST, Math.max(2 * LEAST, 2 * loss));
    const lesser = Math.max(LEAST, Math.min(loss, greater) / 2);
    const sign = favour === 'lost' ? 1 : -1;
    this.#lost = sign * Math.log(greater / lesser);
    this.#answered = sign * Math.log((1 - greater) / (1 - lesser));
    this.#most = most;
  }

  /** Counts so many probes that were lost; fewer than none: they were taken for lost. */
  lost(count: number): void {
    this.#add(count * this.#lost);
  }

  answered(): void {
    this.#add(this.#answered);
  }

  reset(): void {
    this.#sum = 0;
  }

  /** 0 when nothing speaks for it. */
  get sum(): number {
    return this.#sum;
  }

  #add(weight: number): void {
    this.#sum = Math.min(this.#most, Math.max(0, this.#sum + weight));
  }
}
