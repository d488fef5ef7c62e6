import type { Attempt } from './waiting.ts';
import type { Inquiry } from './method.ts';

/** The inquiries whose outcome is not known yet, by the attempt that each is. */
export class Inquiries {
  readonly #byAttempt = new Map<Attempt, Inquiry>();

  add(attempt: Attempt, inquiry: Inquiry): void {
    this.#byAttempt.set(attempt, inquiry);
  }

  /** Ends that of an attempt, if it is one; returns what it waited for. */
  end(attempt: Attempt): string | undefined {
    const inquiry = this.#byAttempt.get(attempt);
    this.#byAttempt.delete(attempt);
    inquiry?.cancel();
    return inquiry?.overdue;
  }

  clear(): void {
    for (const inquiry of this.#byAttempt.values()) inquiry.cancel();
    this.#byAttempt.clear();
  }
}
