import type { Outlook } from '../probe/detector.ts';
import { SEEMS_DEAD, type Testimony } from '../probe/testimony.ts';

/**
 * Whether it is too early to leave a line for another: nobody is known to be better, and somebody may prove to be. If
 * nobody does, nothing is gained by moving.
 */
export function undecided(others: readonly Outlook[]): boolean {
  return !others.includes('good') && others.includes('unclear');
}

/**
 * Targets that are dead rather than the lines: on all lines that have others which answer they do not, surely on one of
 * them, and on at least two all others do, so that it is not the luck of lines that lose much. Those that were dead before stay so
 * until they answer anywhere.
 */
export function deadTargets(
  lines: readonly (readonly Testimony[])[],
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const answering = (target: string) =>
    lines.some((line) => line.some((one) => one.target === target && one.answers === true));
  return new Set([...[...before].filter((target) => !answering(target)), ...newlyDead(lines)]);
}

/** What a line knows of a target. */
interface Witness {
  readonly mute: boolean;
  /** Replies will not come any more. */
  readonly sure: boolean;
  /** All of the line's other targets answer. */
  readonly clear: boolean;
}

function newlyDead(lines: readonly (readonly Testimony[])[]): readonly string[] {
  const witnesses = new Map<string, Witness[]>();
  for (const line of lines.filter((one) => one.some(({ answers }) => answers === true))) {
    const clear = line.every(({ answers, mute }) => answers !== false || mute);
    for (const { target, mute, lost } of line) {
      const witness = { mute, sure: lost >= SEEMS_DEAD, clear };
      witnesses.set(target, [...(witnesses.get(target) ?? []), witness]);
    }
  }
  const dead = (all: readonly Witness[]) =>
    all.every(({ mute }) => mute) &&
    all.some(({ sure }) => sure) &&
    all.filter(({ clear }) => clear).length > 1;
  return [...witnesses].flatMap(([target, all]) => (dead(all) ? target : []));
}
