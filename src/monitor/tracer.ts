import type { Configuration } from '../config/schema.ts';
import type { Input } from '../probe/input.ts';
import type { Override } from '../uplink/override.ts';
import type { UplinkEvent, UplinkState } from '../uplink/state.ts';

/** What befalls a line beside its checks, which follow from its probes. */
export type Incident = Exclude<UplinkEvent, { readonly kind: 'checked' }>;

/** A line where a trace begins, or goes on under another configuration. */
export interface Origin {
  readonly state: UplinkState;
  readonly override: Override | undefined;
  /** It carries new connections. */
  readonly routing: boolean;
}

/**
 * Who is told everything that decisions are made of, in its order, so that they can be made again. Lines are called as
 * lineName() does; times are in ms.
 */
export interface Tracer {
  /** A configuration is in force from now on, `origins` are its lines, in their order; `first`: the monitor starts. */
  began(configuration: Configuration, origins: readonly Origin[], first: boolean, now: number): void;
  told(line: string, input: Input): void;
  befell(line: string, incident: Incident, now: number): void;
  /** It is clear whether others are better, and what checks have said of late is acted upon. */
  decided(now: number): void;
  overridden(line: string, is: Override | undefined, now: number): void;
}
