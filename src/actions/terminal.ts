import type { WriteStream } from 'node:tty';
import { type ScreenSize, screenSize } from '../control/screen.ts';

/** Standard output: a terminal, or else something that takes lines of any length and no colours. */
export function outputSize(): ScreenSize {
  const { stdout } = process;
  return stdout.isTTY
    ? screenSize(stdout satisfies WriteStream)
    : { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY, colour: false };
}
