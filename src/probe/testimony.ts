import type { TargetRecord } from './target-record.ts';

/** A target as one line knows it. */
export interface Testimony {
  readonly target: string;
  /** Whether its latest probe was answered; null: it was not asked yet. */
  readonly answers: boolean | null;
  /** Smoothed round-trip time and its mean deviation (RFC 6298), ms; null: there was no answer yet. */
  readonly rtt: { readonly mean: number; readonly deviation: number } | null;
  /** It has left several probes in a row unanswered. */
  readonly mute: boolean;
  /** Probes since its last answer whose replies will not come any more. */
  readonly lost: number;
}

/** So many make a target suspect of being dead. */
export const SEEMS_DEAD = 3;

/** What a target has to say. */
export function testimony({ name, answers, askedAt, unanswered, lost, roundTrip }: TargetRecord): Testimony {
  const { mean, deviation } = roundTrip;
  return {
    target: name,
    answers: askedAt === Number.NEGATIVE_INFINITY ? null : answers,
    rtt: mean === undefined ? null : { mean, deviation },
    mute: !answers && unanswered >= SEEMS_DEAD,
    lost,
  };
}
