/** So many probes unanswered in a row are silence. */
export const SILENT = 5;
/** So many are a line that is dead, and not one that loses much. */
const DEAD = 10;

/** Whether anybody answers: a stretch of probes that nobody has, from the first that is overdue. Times in ms. Pure. */
export class Silence {
  /** When the latest probe was sent that was answered. */
  #heard = Number.NEGATIVE_INFINITY;
  #since: number | undefined;
  #length = 0;
  #dead = false;

  /** A reply to a probe sent at `sentAt` is here. */
  answer(sentAt: number): void {
    this.#heard = Math.max(this.#heard, sentAt);
    if (this.#since === undefined || this.#since > this.#heard) return;
    this.#since = undefined;
    // So short a silence may be the loss of a line that is not dead.
    if (this.#length < DEAD) this.#dead = false;
  }

  /** The reply to a probe sent at `sentAt` is missing: silence, unless a later one was answered. */
  miss(sentAt: number): void {
    if (sentAt <= this.#heard) return;
    if (this.#since === undefined) this.#length = 0;
    this.#since ??= sentAt;
    this.#length++;
  }

  /** When the first unanswered probe was sent; undefined while somebody answers. */
  get since(): number | undefined {
    return this.#since;
  }

  /** It is no accident. */
  get long(): boolean {
    return this.#since !== undefined && this.#length >= SILENT;
  }

  /** The line was left because of it, and has not answered badly since. */
  get dead(): boolean {
    return this.#dead;
  }

  /** The line is left, or come back to. */
  settle(passed: boolean): void {
    this.#dead = !passed && this.#since !== undefined;
  }

  /** The line answers, but not well. */
  disappoint(): void {
    this.#dead = false;
  }

  /** What was before says nothing. */
  forget(): void {
    this.#since = undefined;
  }
}
