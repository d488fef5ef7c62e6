import { isDeepStrictEqual } from 'node:util';
import { deadTargets } from '../uplink/outlook.ts';
import type { Outlook } from '../probe/detector.ts';
import type { Testimony } from '../probe/testimony.ts';

/** While nothing fails, targets are compared across the lines so often, ms. */
const PERIOD = 1000;

/** What is new: targets that answer on no line any more, and those that answer on some again. */
export interface TargetNews {
  readonly dead: readonly string[];
  readonly alive: readonly string[];
}

/** A line as it is compared with others; see Member. */
export interface Witness {
  readonly testimonies: readonly Testimony[];
  readonly outlook: Outlook;
  setAside(names: ReadonlySet<string>): void;
  doubt(): void;
}

/** The targets that answer on no line. They are left out of account: they speak against none of the lines. */
export class DeadTargets {
  #dead: ReadonlySet<string> = new Set();
  #reviewedAt = Number.NEGATIVE_INFINITY;

  /** Compares what the targets do on all lines; `urgent`: a line is about to be blamed for them. */
  review(members: readonly Witness[], now: number, urgent: boolean): TargetNews | undefined {
    if (!urgent && now - this.#reviewedAt < PERIOD) return undefined;
    this.#reviewedAt = now;
    const before = this.#dead;
    const dead = deadTargets(
      members.map(({ testimonies }) => testimonies),
      before,
    );
    if (isDeepStrictEqual(dead, before)) return undefined;
    this.#dead = dead;
    for (const member of members) {
      member.setAside(dead);
      // What it was blamed for may have been their fault.
      if (member.outlook !== 'good') member.doubt();
    }
    return { dead: without(dead, before), alive: without(before, dead) };
  }
}

function without(names: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !others.has(name));
}
