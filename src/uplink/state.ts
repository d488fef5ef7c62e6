import type { Verdict } from '../probe/detector.ts';
import type { Attachment } from './attachment.ts';
import { BLAMELESS, checked, type Conduct, type HysteresisRules, obstacle, penalized } from './hysteresis.ts';

/** What is known of an uplink. */
export interface UplinkState {
  readonly up: boolean;
  /** It is down although it works: it has to prove itself, and serves where nothing else does. */
  readonly held: boolean;
  /** Why, in words. */
  readonly reason: string;
  /** When it last went up or down, ms. */
  readonly since: number;
  readonly attachment: Attachment;
  readonly conduct: Conduct;
}

/** What can befall an uplink. */
export type UplinkEvent =
  | { readonly kind: 'attached'; readonly attachment: Attachment }
  | { readonly kind: 'checked'; readonly verdict: Verdict }
  | { readonly kind: 'gateway-silent' }
  /** Somebody lets it come back, if it works. */
  | { readonly kind: 'released' };

/**
 * An uplink counts as working until something speaks against it; `before` is what the kernel's routes tell of the time
 * before the start, or that nothing is known of a line that is new.
 */
export function initialState(
  attachment: Attachment,
  before: 'working' | 'failed' | 'unknown',
  now: number,
): UplinkState {
  const state = { up: false, held: false, since: now, attachment, conduct: BLAMELESS };
  if (attachment.fault !== undefined) return { ...state, reason: attachment.fault };
  if (before === 'working') return { ...state, up: true, reason: 'not tested yet' };
  if (before === 'unknown')
    return { ...state, conduct: { ...BLAMELESS, fresh: true }, reason: 'not tested yet' };
  return { ...state, reason: 'it carried nothing before the start, and is not tested yet' };
}

/** The next state. Total: whatever happens in whatever state has an answer. */
export function step(
  state: UplinkState,
  event: UplinkEvent,
  now: number,
  rules: HysteresisRules,
): UplinkState {
  // A check cannot speak for a line that is not there: its end may have crossed the link's.
  if (event.kind !== 'attached' && state.attachment.fault !== undefined) return state;
  switch (event.kind) {
    case 'attached':
      return attached(state, event.attachment, now, rules);
    case 'checked':
      return judged(state, event.verdict, now, rules);
    case 'gateway-silent':
      return fail(state, silentGateway(state.attachment), now, rules);
    case 'released':
      return state.held ? rise(state, 'it was let back by hand', now) : state;
  }
}

function attached(
  state: UplinkState,
  attachment: Attachment,
  now: number,
  rules: HysteresisRules,
): UplinkState {
  const next = { ...state, attachment };
  if (attachment.fault !== undefined) return fail(next, attachment.fault, now, rules);
  // The link alone brings nothing up: the check that follows does.
  if (state.attachment.fault !== undefined)
    return fail(next, 'the link is back, and is not tested yet', now, rules);
  return next;
}

function judged(
  state: UplinkState,
  { passed, reason }: Verdict,
  now: number,
  rules: HysteresisRules,
): UplinkState {
  const conduct = checked(state.conduct, state.up, passed, now);
  const next = { ...state, conduct };
  if (state.up) {
    if (passed || conduct.against >= rules.fall)
      return passed ? { ...next, reason } : fail(next, reason, now, rules);
    return { ...next, reason: `${reason}; ${conduct.against} of ${rules.fall} checks failed in a row` };
  }
  if (!passed) return { ...next, held: false, reason };
  const why = obstacle(conduct, rules, now);
  return why === undefined
    ? rise(next, reason, now)
    : { ...next, held: true, reason: `${reason}; held back: ${why}` };
}

function rise(state: UplinkState, reason: string, now: number): UplinkState {
  const conduct = { ...state.conduct, against: 0, suppressed: false };
  return { ...state, conduct, up: true, held: false, reason, since: now };
}

function fail(state: UplinkState, reason: string, now: number, rules: HysteresisRules): UplinkState {
  const next = { ...state, up: false, held: false, reason };
  return state.up
    ? { ...next, since: now, conduct: penalized(state.conduct, rules, now) }
    : { ...next, conduct: checked(state.conduct, false, false, now) };
}

function silentGateway({ gateway = '' }: Attachment): string {
  const question = gateway.includes(':') ? 'neighbour discovery' : 'ARP';
  return `the gateway ${gateway} does not answer ${question}`;
}
