import { nearest } from '../config/nearest.ts';
import { quote } from '../config/quote.ts';
import type { UplinkName } from './event.ts';
import { callNames } from './line-name.ts';

/** A word that names no uplink, or several; the message says which could be meant. */
export class UnknownUplinkError extends Error {}

/**
 * The lines of the one uplink that has `word` for its description or its interface; that of one family where it
 * says so, as in "Fibre IPv6". Throws UnknownUplinkError.
 */
export function identify(word: string, lines: readonly UplinkName[]): UplinkName[] {
  const meant = lines.filter((line) => callNames(line).includes(word));
  const interfaces = [...new Set(meant.map((line) => line.interface))];
  if (interfaces.length === 0) throw new UnknownUplinkError(unknown(word, lines));
  if (interfaces.length === 1) return meant;
  throw new UnknownUplinkError(
    `${quote(word)} may be the uplink on any of ${interfaces.join(', ')}: say which`,
  );
}

function unknown(word: string, lines: readonly UplinkName[]): string {
  const likely = nearest(
    word,
    lines.flatMap((line) => [line.description, line.interface]),
  );
  const known = lines.map(({ description }) => description).join(', ');
  return `there is no uplink ${quote(word)} (${likely === undefined ? `there are ${known}` : `is ${likely} meant?`})`;
}
