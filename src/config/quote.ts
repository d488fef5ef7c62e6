/** A value as a message shows it: short, on one line, in quotes where it is text. */
export function quote(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'a section';
  if (typeof input !== 'string') return `${input as number | boolean | null}`;
  const characters = Array.from(input);
  const short = characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : input;
  return JSON.stringify(short).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escape);
}

/** As JSON writes it; JSON.stringify leaves some characters that a terminal obeys. */
function escape(character: string): string {
  return character.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
