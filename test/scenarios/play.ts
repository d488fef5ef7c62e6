import type { Expectation, Script } from './script.ts';
import { type News, Stage } from './stage.ts';

/** Plays a script with the dice of a seed; what did not come about as it says, a line for each. */
export function play({ configuration, steps, end }: Script, seed: number): string[] {
  const stage = new Stage(configuration, seed);
  for (const step of steps) {
    if (step.kind === 'expectation') continue;
    stage.clock.advance(step.at - stage.clock.now());
    step.happens(stage);
  }
  stage.clock.advance(end - stage.clock.now());
  stage.close();
  return differences(
    steps.filter((step) => step.kind === 'expectation'),
    stage.news,
  );
}

function differences(expectations: readonly Expectation[], news: readonly News[]): string[] {
  const left = new Set(news);
  const missing = expectations.flatMap((expectation) => {
    const { place, words, from, to } = expectation;
    const found = [...left].find((one) => fulfils(one, expectation));
    if (found === undefined) return `${place}: not from ${seconds(from)} to ${seconds(to)}: ${words}`;
    left.delete(found);
    return [];
  });
  return [...missing, ...[...left].map(({ at, words }) => `not expected at ${seconds(at)}: ${words}`)];
}

function fulfils({ at, words }: News, { from, to, words: wanted }: Expectation): boolean {
  const pieces = wanted.split('*').map((piece) => piece.replaceAll(/[.?+^$(){}|[\]\\]/g, String.raw`\$&`));
  return at >= from && at <= to && new RegExp(`^${pieces.join('.*')}$`).test(words);
}

function seconds(time: number): string {
  return `${Number((time / 1000).toFixed(3))}s`;
}
