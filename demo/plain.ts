import { line } from '../src/control/span.ts';
import type { Story } from './story.ts';
import { storySpans } from './view.ts';

/** Writes the story line by line, as it happens, for whoever is not a terminal. Returns the function that ends it. */
export function tellPlainly(story: Story, write: (text: string) => void): () => void {
  let told = 0;
  return story.subscribe(() => {
    for (const entry of story.entries.slice(told)) {
      write(`${line(storySpans(entry), { width: Infinity, colour: false })}\n`);
    }
    told = story.entries.length;
  });
}
