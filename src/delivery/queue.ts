/*
 * What waits to be delivered. Items wait until an attempt begins, which takes the first of them as one batch;
 * the batch stands until its fate is known. Everything here is a value, so that items, batch and losses are
 * written to the disk together or not at all.
 */

/** Items that go out together. */
export interface Batch<Item> {
  /** Unlike any other batch's, and the same whenever it goes out again after it may have arrived. */
  readonly id: string;
  /** Oldest first, at least one. */
  readonly items: readonly Item[];
  /** So many items were dropped before these. */
  readonly dropped: number;
  /** An earlier attempt broke off where nobody knows whether the batch had arrived. */
  readonly repeated: boolean;
}

export interface Queue<Item> {
  /** The batch that is under way, or that may have arrived. */
  readonly batch?: Batch<Item> | undefined;
  /** Oldest first. */
  readonly waiting: readonly Item[];
  /** Items that were dropped since the last batch. */
  readonly dropped: number;
}

/**
 * What became of an attempt: the other side has taken the batch, or certainly not, or the connection was lost
 * before it said so.
 */
export type Outcome = 'taken' | 'not taken' | 'unknown';

/** So many items wait at most; then the oldest are dropped. */
export const CAPACITY = 100;

/** Pauses between attempts, ms: the first, and the longest. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 3_600_000;

export const EMPTY: Queue<never> = { waiting: [], dropped: 0 };

/** How many items have not certainly arrived. */
export function count<Item>({ batch, waiting }: Queue<Item>): number {
  return waiting.length + (batch?.items.length ?? 0);
}

/** The queue with one more item, and without the oldest when there are too many. */
export function add<Item>(queue: Queue<Item>, item: Item): Queue<Item> {
  return bounded({ ...queue, waiting: [...queue.waiting, item] });
}

/**
 * Begins an attempt: the batch to send, and the queue while it is under way. What may have arrived goes out
 * again as it was, by itself, so that whoever has it already recognizes it; else the first `most` that wait
 * become the batch `id`. Nothing when nothing waits.
 */
export function begin<Item>(
  queue: Queue<Item>,
  id: string,
  most: number,
): { batch: Batch<Item>; queue: Queue<Item> } | undefined {
  if (queue.batch !== undefined) return { batch: queue.batch, queue };
  if (queue.waiting.length === 0) return undefined;
  const batch = { id, items: queue.waiting.slice(0, most), dropped: queue.dropped, repeated: false };
  return { batch, queue: { batch, waiting: queue.waiting.slice(most), dropped: 0 } };
}

/** The queue after an attempt. A batch that has certainly not arrived is undone: newer items may join. */
export function end<Item>({ batch, waiting, dropped }: Queue<Item>, outcome: Outcome): Queue<Item> {
  if (batch === undefined || outcome === 'taken') return { waiting, dropped };
  if (outcome === 'unknown' || batch.repeated)
    return { batch: { ...batch, repeated: true }, waiting, dropped };
  return bounded({ waiting: [...batch.items, ...waiting], dropped: batch.dropped + dropped });
}

/** The queue as the process before has left it: what was under way then may have arrived. */
export function resume<Item>(queue: Queue<Item>): Queue<Item> {
  return end(queue, 'unknown');
}

/** How long to wait after so many failures in a row, ms: not at all after none, then 30 s, doubled up to 1 h. */
export function pause(failures: number): number {
  return failures === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
}

function bounded<Item>({ waiting, dropped, ...rest }: Queue<Item>): Queue<Item> {
  const excess = Math.max(0, waiting.length - CAPACITY);
  return { ...rest, waiting: waiting.slice(excess), dropped: dropped + excess };
}
