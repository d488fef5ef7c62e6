import type { Verdict } from '../probe/detector.ts';
import type { Attachment } from './attachment.ts';

/** What is known of an uplink. */
export interface UplinkState {
  readonly up: boolean;
  /** Why, in words. */
  readonly reason: string;
  /** When it last went up or down, ms. */
  readonly since: number;
  readonly attachment: Attachment;
}

/** What can befall an uplink. */
export type UplinkEvent =
  | { readonly kind: 'attached'; readonly attachment: Attachment }
  | { readonly kind: 'checked'; readonly verdict: Verdict }
  | { readonly kind: 'gateway-silent' };

/**
 * An uplink counts as working until something speaks against it; `before` is what the kernel's routes tell of
 * the time before the start.
 */
export function initialState(attachment: Attachment, before: 'working' | 'failed', now: number): UplinkState {
  if (attachment.fault !== undefined) return { up: false, reason: attachment.fault, since: now, attachment };
  return before === 'working'
    ? { up: true, reason: 'not tested yet', since: now, attachment }
    : {
        up: false,
        reason: 'it carried nothing before the start, and is not tested yet',
        since: now,
        attachment,
      };
}

/** The next state. Total: whatever happens in whatever state has an answer. */
export function step(state: UplinkState, event: UplinkEvent, now: number): UplinkState {
  switch (event.kind) {
    case 'attached':
      return attached(state, event.attachment, now);
    case 'checked':
      // A check cannot speak for a line that is not there: its end may have crossed the link's.
      if (state.attachment.fault !== undefined) return state;
      return move(state, event.verdict.passed, event.verdict.reason, now);
    case 'gateway-silent':
      if (state.attachment.fault !== undefined) return state;
      return move(state, false, `the gateway ${state.attachment.gateway} does not answer ARP`, now);
  }
}

function attached(state: UplinkState, attachment: Attachment, now: number): UplinkState {
  const next = { ...state, attachment };
  if (attachment.fault !== undefined) return move(next, false, attachment.fault, now);
  // The link alone brings nothing up: the check that follows does.
  if (state.attachment.fault !== undefined)
    return move(next, false, 'the link is back, and is not tested yet', now);
  return next;
}

function move(state: UplinkState, up: boolean, reason: string, now: number): UplinkState {
  return { ...state, up, reason, since: up === state.up ? state.since : now };
}
