import type { WriteStream } from 'node:tty';
import type { Terminal } from './span.ts';

/** The terminal, and the lines that it has. */
export interface ScreenSize extends Terminal {
  readonly height: number;
}

/* ECMA-48 and xterm's ctlseqs: the other screen without a cursor, and back. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/**
 * The terminal's other screen, drawn anew in place; what stood on the terminal before is back when it is closed, however
 * this process ends but by a signal that nobody handles.
 */
export class Screen {
  readonly #terminal: WriteStream;
  readonly #picture: (size: ScreenSize) => readonly string[];
  readonly #leave = () => this.#terminal.write(LEAVE);

  /** `picture` makes the lines, none wider than the terminal; those that it has no room for are cut off. */
  constructor(terminal: WriteStream, picture: (size: ScreenSize) => readonly string[]) {
    this.#terminal = terminal;
    this.#picture = picture;
    terminal.write(ENTER);
    process.once('exit', this.#leave);
    terminal.on('resize', this.draw);
  }

  readonly draw = (): void => {
    const size = screenSize(this.#terminal);
    const lines = this.#picture(size).slice(0, size.height);
    // One write, no line break after the last line: nothing scrolls, nothing flickers. Erased first: behind a line as
    // wide as the terminal the cursor still stands on its last character.
    const picture = lines.map((text) => ERASE_LINE + text).join('\r\n');
    this.#terminal.write(`${HOME}${picture}${lines.length < size.height ? `\r\n${ERASE_BELOW}` : ''}`);
  };

  close(): void {
    this.#terminal.off('resize', this.draw);
    process.off('exit', this.#leave);
    this.#leave();
  }
}

/** Of a terminal that does not know it (and says 0), 80 by 24; colours as it can, and NO_COLOR allows. */
export function screenSize(terminal: WriteStream): ScreenSize {
  return {
    width: terminal.columns || 80,
    height: terminal.rows || 24,
    colour: terminal.hasColors(),
  };
}
