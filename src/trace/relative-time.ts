/** Digits after the point that are tried: ns, which the kernel's stamps have, and what sums of them may need. */
const SCALES = [1e3, 1e6, 1e9];

/**
 * A time in ms as the shortest number that, added to `reference`, gives exactly this time again; as text the time
 * itself, where there is none. Nothing may be rounded: a detector that looks a hair earlier sees something else.
 */
export function relativeTime(time: number, reference: number): number | string {
  const difference = time - reference;
  const rounded = SCALES.map((scale) => Math.round(difference * scale) / scale);
  return [...rounded, difference].find((span) => reference + span === time) ?? String(time);
}

/** The time again. */
export function absoluteTime(written: number | string, reference: number): number {
  return typeof written === 'string' ? Number(written) : reference + written;
}
