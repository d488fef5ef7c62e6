import type { Configuration } from '../config/schema.ts';
import type { Incident, Origin } from '../monitor/tracer.ts';
import type { Input } from '../probe/input.ts';
import type { Override } from '../uplink/override.ts';

/** The part of a configuration by which uplinks are judged. */
export type TracedConfiguration = Pick<Configuration, 'uplinks' | 'tests'>;

/** Where a trace begins, or goes on under another configuration. */
export interface Beginning {
  readonly kind: 'began';
  readonly configuration: TracedConfiguration;
  /** In the order of the configuration's lines. */
  readonly origins: readonly Origin[];
  /** What each line's detector may ask, in its order, by name; nothing where there is none. */
  readonly targets: readonly (readonly string[])[];
  /** What was before is unknown. */
  readonly first: boolean;
  /** ms, monotonic, as all times of a trace. */
  readonly now: number;
  /** The same moment in ms since 1970. */
  readonly time: number;
}

/**
 * What a trace holds: all that decisions were made of. `line` is a position among the lines of the
 * configuration. A probe is named by
 * its age: 1 is the latest one of its line that has left.
 */
export type TraceRecord =
  | Beginning
  | { readonly kind: 'told'; readonly line: number; readonly input: Input<number> }
  | { readonly kind: 'decided'; readonly now: number }
  | { readonly kind: 'befell'; readonly line: number; readonly incident: Incident; readonly now: number }
  | {
      readonly kind: 'overridden';
      readonly line: number;
      readonly is: Override | undefined;
      readonly now: number;
    };
