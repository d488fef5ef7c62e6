import { getSystemErrorMap } from 'node:util';
import type { ProbePath } from './path.ts';

/** What came of an attempt: the time until the answer, ms, or why there is none. */
export type Outcome = { readonly rtt: number } | { readonly failure: string };

/** One attempt at a target that is under way. */
export interface Attempt {
  /** What it waits for, as the reason if that does not come: "no reply". */
  readonly overdue: string;
  /** Ends it: `done` is not called any more. */
  cancel(): void;
}

/**
 * A way to ask a target whether the internet is there. Calls `done` once, after it has returned and at the
 * latest after `timeout` ms; nothing is left open then.
 */
export type Method<Target> = (
  path: ProbePath,
  target: Target,
  timeout: number,
  done: (outcome: Outcome) => void,
) => Attempt;

/** An attempt as the method sees it that makes it. */
export interface Trial {
  /** Aborted when nobody waits any more: whatever is open has to be closed. */
  readonly signal: AbortSignal;
  /** As in Attempt; the method says so whenever it waits for something else. */
  overdue: string;
}

/**
 * Makes a method of a function that asks once, along the path: it resolves with the time until the answer, ms, or
 * throws an error that says why there is none.
 */
export function method<Target>(
  ask: (path: ProbePath, target: Target, trial: Trial) => Promise<number>,
): Method<Target> {
  return (path, target, timeout, done) => {
    const controller = new AbortController();
    const { signal } = controller;
    const trial: Trial = { signal, overdue: 'no reply' };
    const end = (outcome?: Outcome) => {
      if (signal.aborted) return;
      clearTimeout(timer);
      controller.abort();
      if (outcome !== undefined) done(outcome);
    };
    const timer = setTimeout(() => end({ failure: trial.overdue }), timeout);
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
