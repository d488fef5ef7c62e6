import type { Configuration } from '../config/schema.ts';
import type { Input } from '../probe/input.ts';
import type { Override } from '../uplink/override.ts';
import type { UplinkEvent, UplinkState } from '../uplink/state.ts';

/** What befalls an uplink beside its checks, which follow from its probes. */
export type Incident = Exclude<UplinkEvent, { readonly kind: 'checked' }>;

/** An uplink where a trace begins, or goes on under another configuration. */
export interface Origin {
  readonly state: UplinkState;
  readonly override: Override | undefined;
  /** It carries new connections. */
  readonly routing: boolean;
}

/**
 * Who is told everything that decisions are made of, in its order, so that they can be made again. Uplinks are named by
 * their interfaces; times are in ms.
 */
export interface Tracer {
  /** A configuration is in force from now on, `origins` are its uplinks; `first`: the monitor starts. */
  began(configuration: Configuration, origins: readonly Origin[], first: boolean, now: number): void;
  told(uplink: string, input: Input): void;
  befell(uplink: string, incident: Incident, now: number): void;
  overridden(uplink: string, is: Override | undefined, now: number): void;
}
