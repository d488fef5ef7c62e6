import type { WriteStream } from 'node:tty';
import { monotonic } from '../test/support/exchange.ts';
import { bySecond, count } from './connections.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { view } from './view.ts';

/** A new picture so often, ms. */
const PICTURE = 250;
/** The connections of so many seconds are shown one by one. */
const RECENT = 30;

/* ECMA-48 and xterm's ctlseqs: the other screen without a cursor, and back. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/**
 * Shows the stage on the terminal's other screen, refreshed in place; what stood on the terminal before is back at the end, however this
 * process ends. Returns the function that ends it.
 */
export function showLive(stage: Stage, story: Story, terminal: WriteStream): () => void {
  const draw = () => terminal.write(picture(stage, story, terminal));
  const leave = () => terminal.write(LEAVE);
  terminal.write(ENTER);
  process.once('exit', leave);
  terminal.on('resize', draw);
  const timer = setInterval(draw, PICTURE);
  return () => {
    clearInterval(timer);
    terminal.off('resize', draw);
    process.off('exit', leave);
    leave();
  };
}

function picture({ status, seen, connections }: Stage, { entries }: Story, terminal: WriteStream): string {
  if (status === undefined) return '';
  const scene = {
    act: entries.findLast(({ kind }) => kind === 'act')?.text ?? '',
    status,
    seen,
    story: entries,
    connections: count(connections),
    recent: bySecond(connections, monotonic(), RECENT),
  };
  // A terminal that does not know its size says 0.
  const size = { width: terminal.columns || 80, colour: terminal.hasColors() };
  const lines = view(scene, size, terminal.rows || 24);
  // One write, no line break after the last line: nothing scrolls, nothing flickers.
  return `${HOME}${lines.map((text) => text + ERASE_LINE).join('\r\n')}${ERASE_BELOW}`;
}
