import { nearest } from '../config/nearest.ts';
import { quote } from '../config/quote.ts';
import type { UplinkName } from './event.ts';

/** A word that names no uplink, or several; the message says which could be meant. */
export class UnknownUplinkError extends Error {}

/** The one uplink that has `word` for its description or its interface; throws UnknownUplinkError. */
export function identify<Uplink extends UplinkName>(word: string, uplinks: readonly Uplink[]): Uplink {
  const meant = uplinks.filter((uplink) => word === uplink.description || word === uplink.interface);
  const [found] = meant;
  if (found === undefined) throw new UnknownUplinkError(unknown(word, uplinks));
  if (meant.length === 1) return found;
  const interfaces = meant.map((uplink) => uplink.interface).join(', ');
  throw new UnknownUplinkError(`${quote(word)} may be the uplink on any of ${interfaces}: say which`);
}

function unknown(word: string, uplinks: readonly UplinkName[]): string {
  const likely = nearest(
    word,
    uplinks.flatMap((uplink) => [uplink.description, uplink.interface]),
  );
  const known = uplinks.map(({ description }) => description).join(', ');
  return `there is no uplink ${quote(word)} (${likely === undefined ? `there are ${known}` : `is ${likely} meant?`})`;
}
