import { monotonic } from './native.ts';

/** A monotonic clock in ms; what waits or measures is handed one, so that tests can hand it another. */
export interface Clock {
  now(): number;
  /**
   * Runs once when `time` has come, at the earliest in the next turn of the event loop. Returns a function
   * that calls it off.
   */
  at(time: number, run: () => void): () => void;
}

/** The machine's clock (CLOCK_MONOTONIC), the same that stamps received packets. */
export const systemClock: Clock = {
  now: monotonic,
  at(time, run) {
    const timer = setTimeout(run, Math.max(0, Math.ceil(time - monotonic())));
    return () => clearTimeout(timer);
  },
};
