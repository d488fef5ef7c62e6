import type { Outlook } from '../probe/detector.ts';
import type { Testimony } from '../probe/testimony.ts';

/**
 * Whether it is too early to leave a line for another: nobody is known to be better, and somebody may prove to be. If
 * nobody does, nothing is gained by moving.
 */
export function undecided(others: readonly Outlook[]): boolean {
  return !others.includes('good') && others.includes('unclear');
}

/**
 * Targets that are dead rather than the lines: at least two lines ask for them that have others which answer, and on
 * all of these lines they do not. Those that were dead before stay so until they answer anywhere.
 */
export function deadTargets(
  lines: readonly (readonly Testimony[])[],
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const answering = (target: string) =>
    lines.some((line) => line.some((one) => one.target === target && one.answers === true));
  return new Set([...[...before].filter((target) => !answering(target)), ...newlyDead(lines)]);
}

function newlyDead(lines: readonly (readonly Testimony[])[]): readonly string[] {
  const speaking = lines.filter((line) => line.some(({ answers }) => answers === true));
  const witnesses = new Map<string, boolean[]>();
  for (const { target, mute } of speaking.flat()) {
    const known = witnesses.get(target);
    if (known === undefined) witnesses.set(target, [mute]);
    else known.push(mute);
  }
  return [...witnesses].flatMap(([target, mute]) => (mute.length > 1 && mute.every(Boolean) ? target : []));
}
