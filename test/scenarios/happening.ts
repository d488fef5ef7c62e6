import { duration, percentage } from '../../src/config/kind.ts';
import type { Stage } from './stage.ts';

/** What a step does to the world, or says to the daemon. */
export type Happening = (stage: Stage) => void;

/** Round-trip time of a line at which nothing is wrong, ms. */
export const USUAL = 20;
/** What a download brings, bytes in a ms. */
const DOWNLOAD = 250;

type Words = Readonly<Record<string, string | undefined>>;

/** The steps that a story may have, as README.md explains them; the group "line" names an uplink. */
const GRAMMAR: readonly (readonly [pattern: RegExp, happen: (stage: Stage, words: Words) => void])[] = [
  [
    /^target (?<target>\S+) is dead(?: on (?<line>.+))?$/,
    (stage, { target = '', line }) => stage.target(target, line, { loss: 1 }),
  ],
  [
    /^target (?<target>\S+) answers(?: in (?<rtt>\S+))?(?: on (?<line>.+))?$/,
    (stage, { target = '', line, rtt }) => stage.target(target, line, { rtt: milliseconds(rtt) }),
  ],
  [/^(?<line>.+) is dead$/, (stage, { line = '' }) => stage.change(line, { loss: 1, rate: 0 })],
  [
    /^(?<line>.+) loses (?<loss>\S+)$/,
    (stage, { line = '', loss }) => stage.change(line, { loss: percentage(0, 100).parse(loss) / 100 }),
  ],
  [
    /^(?<line>.+) answers(?: in (?<rtt>\S+))?$/,
    (stage, { line = '', rtt }) =>
      stage.change(line, { loss: 0, rtt: milliseconds(rtt), refusal: undefined }),
  ],
  [/^a download begins on (?<line>.+)$/, (stage, { line = '' }) => stage.change(line, { rate: DOWNLOAD })],
  [
    /^the gateway of (?<line>.+) says (?<refusal>.+)$/,
    (stage, { line = '', refusal }) => stage.change(line, { refusal }),
  ],
  [
    /^the cable of (?<line>.+) is (?<end>pulled|plugged in)$/,
    (stage, { line = '', end }) => stage.plug(line, end !== 'pulled'),
  ],
  [
    /^force (?<line>.+) (?<order>up|down|auto)$/,
    (stage, { line = '', order }) => stage.force(line, order as 'up' | 'down' | 'auto'),
  ],
  [/^nothing more$/, () => {}],
];

/** What the words of a step mean; `uplinks`: their names. Throws an error that says what is wrong with them. */
export function happening(step: string, uplinks: readonly string[]): Happening {
  for (const [pattern, happen] of GRAMMAR) {
    const match = pattern.exec(step);
    if (match === null) continue;
    const words: Words = match.groups ?? {};
    const { line } = words;
    if (line !== undefined && !uplinks.includes(line)) throw new Error(`there is no uplink ${line}`);
    return (stage) => happen(stage, words);
  }
  throw new Error(`"${step}" is no step`);
}

function milliseconds(text: string | undefined): number {
  return text === undefined ? USUAL : duration(0, 60).parse(text) * 1000;
}
