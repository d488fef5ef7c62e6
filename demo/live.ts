import type { WriteStream } from 'node:tty';
import { Screen, type ScreenSize } from '../src/control/screen.ts';
import { monotonic } from '../test/support/exchange.ts';
import { bySecond, count } from './connections.ts';
import type { Stage } from './stage.ts';
import type { Story } from './story.ts';
import { view } from './view.ts';

/** A new picture so often, ms. */
const PICTURE = 250;
/** The connections of so many seconds are shown one by one. */
const RECENT = 30;

/**
 * Shows the stage on the terminal's other screen, refreshed in place. Returns the function that ends it.
 */
export function showLive(stage: Stage, story: Story, terminal: WriteStream): () => void {
  const screen = new Screen(terminal, (size) => picture(stage, story, size));
  const timer = setInterval(screen.draw, PICTURE);
  return () => {
    clearInterval(timer);
    screen.close();
  };
}

function picture(
  { status, seen, connections }: Stage,
  { entries }: Story,
  size: ScreenSize,
): readonly string[] {
  if (status === undefined) return [];
  const scene = {
    act: entries.findLast(({ kind }) => kind === 'act')?.text ?? '',
    status,
    seen,
    story: entries,
    connections: count(connections),
    recent: bySecond(connections, monotonic(), RECENT),
  };
  return view(scene, size, size.height);
}
