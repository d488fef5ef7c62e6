import { getSystemErrorMap } from 'node:util';
import type { ProbePath } from './path.ts';

/** What came of an attempt: the time until the answer, ms, or why there is none. */
export type Outcome = { readonly rtt: number } | { readonly failure: string };

/** An attempt to get an answer that is under way. Who has begun it cancels it when its time is over. */
export interface Inquiry {
  /** What it waits for, as the reason if that does not come in time: "no reply". */
  readonly overdue: string;
  /** Ends it, nothing is left open; `done` is not called any more. */
  cancel(): void;
}

/**
 * A way to ask a target whether the internet is there. Calls `done` once, after it has returned; nothing is left open
 * then.
 */
export type Method<Target> = (path: ProbePath, target: Target, done: (outcome: Outcome) => void) => Inquiry;

/** An attempt as the method sees it that makes it. */
export interface Trial {
  /** Aborted when nobody waits any more: whatever is open has to be closed. */
  readonly signal: AbortSignal;
  /** As in Inquiry; the method says so whenever it waits for something else. */
  overdue: string;
}

/**
 * Makes a method of a function that asks once, along the path: it resolves with the time until the answer, ms, or
 * throws an error that says why there is none.
 */
export function method<Target>(
  ask: (path: ProbePath, target: Target, trial: Trial) => Promise<number>,
): Method<Target> {
  return (path, target, done) => {
    const controller = new AbortController();
    const trial: Trial = { signal: controller.signal, overdue: 'no reply' };
    const end = (outcome?: Outcome) => {
      if (controller.signal.aborted) return;
      controller.abort();
      if (outcome !== undefined) done(outcome);
    };
    void ask(path, target, trial).then(
      (rtt) => end({ rtt }),
      (error: NodeJS.ErrnoException) => end({ failure: explain(error) }),
    );
    return {
      get overdue() {
        return trial.overdue;
      },
      cancel: () => end(),
    };
  };
}

/** An error in words: of the system's errors what they mean, "connection refused". */
export function explain({ errno, message }: NodeJS.ErrnoException): string {
  // Node counts errors below zero, SystemError above.
  const [, meaning = message] = getSystemErrorMap().get(-Math.abs(errno ?? 0)) ?? [];
  return meaning;
}
