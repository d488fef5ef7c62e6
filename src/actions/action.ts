/*
 * Exit statuses that say that the same will fail again, so that a service manager need not try; sysexits.h.
 */
/** A permission is missing. */
export const EX_NOPERM = 77;
/** The configuration is missing or has faults. */
export const EX_CONFIG = 78;

export type OptionValue = string | true | readonly string[] | undefined;

/** What every action of the command line is handed. */
export interface Invocation {
  /** Path of the configuration. */
  readonly file: string;
  /** Path of the daemon's control socket; undefined: as the configuration says. */
  readonly socket: string | undefined;
  /** Tell of each probe and each decision. */
  readonly debug: boolean;
  /** Invent the uplinks' states and touch nothing. */
  readonly demo: boolean;
  /** What the catalogue names for the action, in its order. */
  readonly operands: readonly string[];
  /**
   * The action's own options by name; true for one without a value, a list for one that may be said several times,
   * undefined for one that was not given.
   */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/**
 * Returns the exit status, or nothing when the process goes on and ends by itself. Throws ConfigurationError, UsageError
 * or ControlError, or rejects with it.
 */
export type Action = (invocation: Invocation) => number | undefined | Promise<number | undefined>;
