import type { Address, Family } from '../network/address.ts';

/** What of a line decides about the connections that it carries. */
export interface Carrier {
  readonly name: string;
  readonly family: Family;
  /** Packets pass, as far as is known, and nobody has forced it down. */
  readonly able: boolean;
  /** It carries new connections. */
  readonly selected: boolean;
  /** Somebody wants its connections to end by themselves. */
  readonly drained: boolean;
  readonly ip: Address | undefined;
  /** What becomes of its connections when it fails. */
  readonly onFailure: 'flush' | 'keep';
  /** What becomes of those that others carry when it carries new ones again in their place. */
  readonly onReturn: 'keep' | 'move';
}

/** Why connections of a line are forgotten: it has failed, its address is another, or a better line is back. */
export type FlushCause = 'failed' | 'address' | 'return';

/** A line as it was, and what is still to be done. */
interface Known extends Carrier {
  /** The address that its connections have. */
  readonly used: Address | undefined;
  readonly owed: FlushCause | undefined;
}

/** What is remembered from one decision to the next, by name. */
export type Ledger = ReadonlyMap<string, Known>;

export interface Flush {
  readonly name: string;
  readonly cause: FlushCause;
}

/**
 * The lines whose connections shall be forgotten after a decision, so that the next packet of each begins it anew on a
 * line that works. Nothing is forgotten as long as there is no such line: that stays owed until there is one, or
 * until the old line works again. `now` are all lines after the decision, `before` is the ledger of the one before;
 * nothing is known of a line that is new. Pure.
 */
export function flushes(before: Ledger, now: readonly Carrier[]): { due: Flush[]; ledger: Ledger } {
  const known = now.map((line) => remember(before.get(line.name), line));
  const due = [...owing(known), ...left(before, now)];
  const paid = new Set(due.map(({ name }) => name));
  const ledger = known.map((line) => (paid.has(line.name) ? { ...line, owed: undefined } : line));
  return { due, ledger: new Map(ledger.map((line) => [line.name, line])) };
}

function remember(was: Known | undefined, line: Carrier): Known {
  const used = line.ip ?? was?.used;
  return { ...line, used, owed: was && line.onFailure === 'flush' ? owedBy(was, line) : undefined };
}

function owedBy(was: Known, { able, ip }: Carrier): FlushCause | undefined {
  if (ip !== undefined && was.used !== undefined && ip !== was.used) return 'address';
  if (able) return undefined;
  return was.able ? 'failed' : was.owed;
}

function owing(lines: readonly Known[]): Flush[] {
  return lines.flatMap(({ name, family, owed }) => {
    const refuge = lines.some((other) => other.family === family && other.selected && other.able);
    return owed !== undefined && refuge ? { name, cause: owed } : [];
  });
}

/** Lines that have to give way to one that is back and wants its connections. */
function left(before: Ledger, now: readonly Carrier[]): Flush[] {
  const wasSelected = ({ name }: Carrier) => before.get(name)?.selected === true;
  const back = now.filter((line) => line.onReturn === 'move' && line.selected && before.has(line.name));
  const families = back.flatMap((line) => (wasSelected(line) ? [] : line.family));
  return now
    .filter((line) => families.includes(line.family) && wasSelected(line) && !line.selected)
    .flatMap(({ name, able, drained }) => (able && !drained ? { name, cause: 'return' } : []));
}
