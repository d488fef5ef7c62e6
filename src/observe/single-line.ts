/**
 * The text with blanks in place of all that could begin another line or drive a terminal: control characters,
 * and Unicode's own separators of lines and paragraphs.
 */
export function singleLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
