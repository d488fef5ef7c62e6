import type { Outlook } from '../probe/detector.ts';

/** What the targets of a line do, by name. */
export interface TargetsReport {
  readonly answering: readonly string[];
  readonly mute: readonly string[];
}

/**
 * Whether it is too early to leave a line for another: nobody is known to be better, and somebody may prove to be. If
 * nobody does, nothing is gained by moving.
 */
export function undecided(others: readonly Outlook[]): boolean {
  return !others.includes('good') && others.includes('unclear');
}

/**
 * Targets that are dead rather than the lines: at least two lines have targets that answer, and on all of these lines
 * they do not. Those that were dead before stay so until they answer anywhere.
 */
export function deadTargets(
  lines: readonly TargetsReport[],
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const stillDead = [...before].filter(
    (target) => !lines.some(({ answering }) => answering.includes(target)),
  );
  return new Set([...stillDead, ...newlyDead(lines)]);
}

function newlyDead(lines: readonly TargetsReport[]): readonly string[] {
  const speaking = lines.filter(({ answering }) => answering.length > 0);
  const [first, ...others] = speaking;
  if (first === undefined || others.length === 0) return [];
  return first.mute.filter((target) => others.every(({ mute }) => mute.includes(target)));
}
