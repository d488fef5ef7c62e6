import type { Comparison } from './comparison.ts';

/** How much time is spent: `quick` shows that everything works, `full` makes figures that can be quoted. */
export type Effort = 'quick' | 'full';

/** Something that is measured, and how. */
export interface Measurement {
  /** For the command line. */
  readonly name: string;
  readonly title: string;
  /** What is done and what is counted, in Markdown. */
  readonly method: string;
  run(effort: Effort): Promise<Comparison[]>;
}
