import type { Outcome } from './method.ts';
import type { Attempt } from './waiting.ts';

/** A probe that a detector has asked for: it has left, or could not. */
export type Asked = Attempt | { readonly target: string; readonly failure: string };

/** Why a detector had to look; `Probe` says of which probe this is the outcome. */
export type Cause<Probe> =
  | { readonly kind: 'time' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'outcome'; readonly probe: Probe; readonly outcome: Outcome };

/**
 * Everything that a detector is told, in its order and with its times, ms: another one that is told the same comes to
 * the same verdicts.
 */
export type Input<Probe = Attempt> =
  /** It is a new one, with its targets by name; the one before is forgotten, and what it has asked for. */
  | { readonly kind: 'begun'; readonly targets: readonly string[]; readonly now: number }
  /** There is none from now on. */
  | { readonly kind: 'ended' }
  /** It has to look at its line, though nothing speaks against it. */
  | { readonly kind: 'inspected'; readonly now: number }
  /** From now on its probes are in a hurry, or not. */
  | { readonly kind: 'paced'; readonly hurried: boolean; readonly now: number }
  /** It looks, asks for probes as often as it likes, and says its verdict. */
  | {
      readonly kind: 'turn';
      readonly now: number;
      readonly cause: Cause<Probe>;
      readonly asked: readonly (readonly Asked[])[];
      /** Data arrive by the line. */
      readonly busy: boolean;
    };
