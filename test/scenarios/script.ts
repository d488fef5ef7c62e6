import { readFileSync } from 'node:fs';
import { duration } from '../../src/config/kind.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/schema.ts';
import { YamlDocument } from '../../src/config/yaml-document.ts';
import { happening, type Happening } from './happening.ts';

/** Where a step stands, as "black-hole.yaml:7", and its words. */
interface Step {
  readonly place: string;
  readonly words: string;
}

/** Something that is done to the world, or said to the daemon, at a time in ms. */
export interface Deed extends Step {
  readonly kind: 'deed';
  readonly at: number;
  readonly happens: Happening;
}

/** A piece of news that comes between two times, ms; a star in its words stands for anything. */
export interface Expectation extends Step {
  readonly kind: 'expectation';
  readonly from: number;
  readonly to: number;
}

/** A scenario as README.md describes it. */
export interface Script {
  readonly configuration: Configuration;
  readonly steps: readonly (Deed | Expectation)[];
  /** When it is over, ms. */
  readonly end: number;
}

/** The scenario in a file; throws an error that names the file and the line. */
export function readScript(path: string): Script {
  return parseScript(readFileSync(path, 'utf8'), path.slice(path.lastIndexOf('/') + 1));
}

/** The same of a text; `file`: its name in messages. */
export function parseScript(text: string, file: string): Script {
  const document = new YamlDocument(text);
  const place = (offset: number) => `${file}:${document.position(offset).line}`;
  const [flaw] = document.flaws;
  if (flaw !== undefined) throw new Error(`${place(flaw.offset)}: ${flaw.message}`);
  const { uplinks, tests, story } = document.value as Record<string, Record<string, object>>;
  if (!Array.isArray(story)) throw new Error(`${file}: no story`);

  const configuration = configure(uplinks ?? {}, tests, file);
  const names = configuration.uplinks.map(({ description }) => description);
  let last = 0;
  const steps = story.flatMap((entry: Record<string, string>, index) => {
    const where = place(document.offset(['story', index], 'value'));
    const [[when, what] = ['', '']] = Object.entries(entry);
    try {
      const read = readStep(when, what, where, last, names);
      last = read[0]?.kind === 'deed' ? read[0].at : last;
      return read;
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  });
  return { configuration, steps, end: last };
}

/** Uplinks on eth1, eth2, ... that say only what matters. */
function configure(uplinks: Record<string, object>, tests: object | undefined, file: string): Configuration {
  const lines = Object.entries(uplinks).flatMap(([name, settings]) =>
    each(name).map((description) => ({ description, settings })),
  );
  const whole = {
    uplinks: lines.map(({ description, settings }, index) => ({
      description,
      interface: `eth${index + 1}`,
      type: 'static',
      ip: `198.18.${index + 1}.2`,
      gateway: `198.18.${index + 1}.1`,
      ...settings,
    })),
    tests,
  };
  return parseConfiguration(JSON.stringify(whole), file);
}

function readStep(
  when: string,
  what: string,
  place: string,
  last: number,
  names: readonly string[],
): (Deed | Expectation)[] {
  const [, at, by, from, to] = /^(?:at (\S+)|by (\S+)|from (\S+) to (\S+))$/.exec(when) ?? [];
  if (at !== undefined)
    return each(what).map((words) => {
      return { kind: 'deed', place, words, at: milliseconds(at), happens: happening(words, names) };
    });
  const end = by ?? to;
  if (end === undefined)
    throw new Error(`"${when}" is no time; there are: at TIME, by TIME, from TIME to TIME`);
  const span = { from: from === undefined ? last : milliseconds(from), to: milliseconds(end) };
  return each(what).map((words) => ({ kind: 'expectation', place, words, ...span }));
}

/** "Line 1 to 8 is dead" is said of each: "Line 1 is dead" and so on. */
function each(words: string): string[] {
  const [, before, first, last, after] = /^(.*?\b)(\d+) to (\d+)\b(.*)$/.exec(words) ?? [];
  if (before === undefined || after === undefined) return [words];
  const numbers = Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => Number(first) + index,
  );
  return numbers.map((number) => before + number + after);
}

function milliseconds(text: string): number {
  return duration(0, 86_400).parse(text) * 1000;
}
