import { formatDuration } from '../duration.ts';

/** How readily an uplink is left and come back to. */
export interface HysteresisRules {
  /** Failed checks in a row before it is left. */
  readonly fall: number;
  /** Passed checks in a row before it is come back to. */
  readonly rise: number;
  /** For so long, ms, it must have passed them. */
  readonly holdDown: number;
  /** "manual": somebody has to say that it may come back. */
  readonly failback: 'auto' | 'manual';
  readonly damping?: Damping | undefined;
}

/**
 * Flap damping (the idea of RFC 2439): each time that an uplink fails adds a penalty of 1, which halves in `halfLife`
 * ms; from `suppress` on the uplink is not come back to until the penalty is below `reuse`.
 */
export interface Damping {
  readonly halfLife: number;
  readonly suppress: number;
  readonly reuse: number;
}

/** How an uplink has behaved, as far as it counts for what comes. */
export interface Conduct {
  /** Nothing is known of it: its first check decides. */
  readonly fresh: boolean;
  /** Checks in a row that speak against its state. */
  readonly against: number;
  /** Since when it has passed its checks, ms; absent while it has not. */
  readonly wellSince?: number;
  /** As of `penalizedAt`, ms. */
  readonly penalty: number;
  readonly penalizedAt: number;
  readonly suppressed: boolean;
}

export const BLAMELESS: Conduct = { fresh: false, against: 0, penalty: 0, penalizedAt: 0, suppressed: false };

/** After a check that passed or failed. */
export function checked(conduct: Conduct, up: boolean, passed: boolean, now: number): Conduct {
  const { wellSince = now, ...rest } = conduct;
  const against = up === passed ? 0 : conduct.against + 1;
  return passed ? { ...rest, against, wellSince } : { ...rest, against, fresh: false };
}

/** After the uplink was left. */
export function penalized(conduct: Conduct, rules: HysteresisRules, now: number): Conduct {
  const penalty = penaltyAt(conduct, rules, now) + 1;
  const suppressed = rules.damping !== undefined && (conduct.suppressed || penalty >= rules.damping.suppress);
  return { ...BLAMELESS, penalty, penalizedAt: now, suppressed };
}

/** Why an uplink that passes its checks is not come back to yet, in words; undefined when nothing is in the way. */
export function obstacle(conduct: Conduct, rules: HysteresisRules, now: number): string | undefined {
  const { rise, holdDown, failback, damping } = rules;
  const { fresh, against, wellSince = now, suppressed } = conduct;
  if (fresh) return undefined;
  if (against < rise) return `${against} of ${rise} checks passed in a row`;
  if (now - wellSince < holdDown)
    return `stable for ${formatDuration(now - wellSince)} of ${formatDuration(holdDown)}`;
  if (suppressed && damping !== undefined) {
    const penalty = penaltyAt(conduct, rules, now);
    const left = damping.halfLife * Math.log2(penalty / damping.reuse);
    if (left > 0) return `it has failed too often of late, ${formatDuration(left)} left`;
  }
  return failback === 'manual' ? 'it comes back by hand alone' : undefined;
}

function penaltyAt({ penalty, penalizedAt }: Conduct, { damping }: HysteresisRules, now: number): number {
  return damping === undefined ? 0 : penalty * 2 ** (-(now - penalizedAt) / damping.halfLife);
}
