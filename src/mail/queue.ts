/*
 * What waits to be mailed. Notices wait until an attempt begins, which puts all of them into one letter; the
 * letter stands until its fate is known. Everything here is a value, so that notices, letter and losses are
 * written to the disk together or not at all.
 */

/** News for the administrator. */
export interface Notice {
  /** When it happened, in ms since 1970. */
  readonly time: number;
  /** At least one, without line breaks. */
  readonly lines: readonly string[];
}

/** Notices that go out together. */
export interface Letter {
  /** The same in every attempt and unlike any other letter's. */
  readonly id: string;
  /** Oldest first, at least one. */
  readonly notices: readonly Notice[];
  /** So many notices were dropped before these. */
  readonly dropped: number;
  /** An earlier attempt broke off where nobody knows whether the letter had arrived. */
  readonly repeated: boolean;
}

export interface Queue {
  /** The letter that is under way, or that may have arrived. */
  readonly letter?: Letter | undefined;
  /** Oldest first. */
  readonly waiting: readonly Notice[];
  /** Notices that were dropped since the last letter. */
  readonly dropped: number;
}

/**
 * What became of an attempt: the server has taken the letter, or certainly not, or the connection was lost
 * before it said so.
 */
export type Outcome = 'taken' | 'not taken' | 'unknown';

/** So many notices wait at most; then the oldest are dropped. */
export const CAPACITY = 100;

/** Pauses between attempts, ms: the first, and the longest. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 3_600_000;

export const EMPTY: Queue = { waiting: [], dropped: 0 };

/** How many notices have not certainly arrived. */
export function count({ letter, waiting }: Queue): number {
  return waiting.length + (letter?.notices.length ?? 0);
}

/** The queue with one more notice, and without the oldest when there are too many. */
export function add(queue: Queue, notice: Notice): Queue {
  return bounded({ ...queue, waiting: [...queue.waiting, notice] });
}

/**
 * Begins an attempt: the letter to send, and the queue while it is under way. What may have arrived goes out
 * again as it was, by itself, so that whoever has it already recognizes it; else everything that waits
 * becomes the letter `id`. Nothing when nothing waits.
 */
export function begin(queue: Queue, id: string): { letter: Letter; queue: Queue } | undefined {
  if (queue.letter !== undefined) return { letter: queue.letter, queue };
  if (queue.waiting.length === 0) return undefined;
  const letter = { id, notices: queue.waiting, dropped: queue.dropped, repeated: false };
  return { letter, queue: { letter, waiting: [], dropped: 0 } };
}

/** The queue after an attempt. A letter that has certainly not arrived is undone: newer notices will join. */
export function end({ letter, waiting, dropped }: Queue, outcome: Outcome): Queue {
  if (letter === undefined || outcome === 'taken') return { waiting, dropped };
  if (outcome === 'unknown' || letter.repeated)
    return { letter: { ...letter, repeated: true }, waiting, dropped };
  return bounded({ waiting: [...letter.notices, ...waiting], dropped: letter.dropped + dropped });
}

/** The queue as the process before has left it: what was under way then may have arrived. */
export function resume(queue: Queue): Queue {
  return end(queue, 'unknown');
}

/** How long to wait after so many failures in a row, ms: not at all after none, then 30 s, doubled up to 1 h. */
export function pause(failures: number): number {
  return failures === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
}

function bounded({ waiting, dropped, ...rest }: Queue): Queue {
  const excess = Math.max(0, waiting.length - CAPACITY);
  return { ...rest, waiting: waiting.slice(excess), dropped: dropped + excess };
}
