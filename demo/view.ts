import { line, type Span, type Terminal } from '../src/control/span.ts';
import type { Status } from '../src/control/status.ts';
import { statusSentence } from '../src/control/status-line.ts';
import { type Seen, statusTable } from '../src/control/table.ts';
import type { Count } from './connections.ts';
import type { StoryLine } from './story.ts';

/** What is to be seen at a moment. */
export interface Scene {
  readonly act: string;
  readonly status: Pick<Status, 'uplinks'>;
  readonly seen: Seen;
  readonly story: readonly StoryLine[];
  /** Since the beginning. */
  readonly connections: Count;
  /** Answered and lost connections of each of the last seconds, the oldest first. */
  readonly recent: readonly Count[];
}

/** More lines of the story are not shown, however high the terminal is. */
const STORY = 20;

/** The scene as the lines of a terminal, so many at most. Pure. */
export function view(scene: Scene, terminal: Terminal, height: number): string[] {
  const head = [
    line([{ text: scene.act, style: 'bold' }], terminal),
    '',
    ...statusTable(scene.status, terminal, scene.seen),
    '',
    line([{ text: statusSentence(scene.status) }], terminal),
    line(connections(scene), terminal),
    '',
  ];
  const room = Math.max(0, Math.min(STORY, height - head.length));
  return [...head, ...tail(scene.story, room).map((entry) => line(storySpans(entry), terminal))].slice(
    0,
    height,
  );
}

/** A line of the story, painted. */
export function storySpans({ kind, time, text }: StoryLine): Span[] {
  if (kind === 'act') return [{ text, style: 'bold' }];
  return [
    { text: `${time}  `, style: 'dim' },
    kind === 'scene' ? { text: `* ${text}`, style: 'bold' } : { text: `  ${text}` },
  ];
}

function connections({ connections: { all, lost }, recent }: Scene): Span[] {
  const strip = recent.map(
    ({ lost: gone }): Span => (gone === 0 ? { text: '·' } : { text: '×', style: 'red' }),
  );
  const figures = `${(all - lost).toLocaleString('en')} answered, ${lost.toLocaleString('en')} lost`;
  return [{ text: `New connections: ${figures}; second by second ` }, ...strip];
}

function tail(story: readonly StoryLine[], count: number): readonly StoryLine[] {
  return count === 0 ? [] : story.slice(-count);
}
