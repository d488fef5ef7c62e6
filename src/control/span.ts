import { styleText } from 'node:util';

/** A piece of a line on a terminal, and how it is painted where colours are wanted. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** The terminal that lines are made for. */
export interface Terminal {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
}

/** One line of the spans in turn, not longer than the terminal is wide, without blanks at its end. */
export function line(spans: readonly Span[], { width, colour }: Terminal): string {
  let left = width;
  const pieces = spans.map(({ text, style }) => {
    const shown = cut(text, left);
    left -= columns(shown);
    return colour && style && shown !== '' ? styleText(style, shown, { validateStream: false }) : shown;
  });
  return pieces.join('').trimEnd();
}

/**
 * The text in so many columns at most, with "…" for what is left out; what would move the cursor (control
 * characters) is shown as "?".
 */
export function cut(text: string, width: number): string {
  const characters = charactersOf(text.replaceAll(/\p{Cc}/gu, '?'));
  if (characters.length <= width) return characters.join('');
  return width > 0 ? `${characters.slice(0, width - 1).join('')}…` : '';
}

/**
 * Columns that a text takes: one for each character, which holds for all but East Asian ones and some
 * symbols.
 */
export function columns(text: string): number {
  return charactersOf(text).length;
}

const segmenter = new Intl.Segmenter();

/** Characters as people count them. */
function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
