/** What every action of the command line is handed. */
export interface Options {
  /** Path of the configuration. */
  readonly file: string;
  /** Tell of each probe and each decision. */
  readonly debug: boolean;
  /** Invent the uplinks' states and touch nothing. */
  readonly demo: boolean;
}

/**
 * Returns the exit status, or nothing when the process goes on and ends by itself. Throws ConfigurationError,
 * or rejects with it.
 */
export type Action = (options: Options) => number | undefined | Promise<number>;
