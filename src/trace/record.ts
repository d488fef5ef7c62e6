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
  /** In the order of the configuration's uplinks. */
  readonly origins: readonly Origin[];
  /** The daemon has started: what was before is unknown. */
  readonly first: boolean;
  /** ms, monotonic, as all times of a trace. */
  readonly now: number;
  /** The same moment in ms since 1970. */
  readonly time: number;
}

/**
 * What a trace holds: all that decisions were made of. `uplink` is a position in the configuration. A probe is named by
 * its age: 1 is the latest one of its uplink that has left.
 */
export type TraceRecord =
  | Beginning
  | { readonly kind: 'told'; readonly uplink: number; readonly input: Input<number> }
  | { readonly kind: 'befell'; readonly uplink: number; readonly incident: Incident; readonly now: number }
  | {
      readonly kind: 'overridden';
      readonly uplink: number;
      readonly is: Override | undefined;
      readonly now: number;
    };

/** Interfaces of the uplinks, by their positions. */
export function interfaces({ configuration }: Beginning): string[] {
  return configuration.uplinks.map((uplink) => uplink.interface);
}
