import { formatDuration } from '../duration.ts';
import { localTime } from '../observe/local-time.ts';
import { NOTHING, type Score, sum } from './score.ts';
import type { Decision, Findings } from './trial.ts';

const GAP = '  ';
const NONE = '–';

/** What a trial has found, as lines of text. Pure. */
export function report({ since, runs, span, probes, settings, decisions, scores }: Findings): string[] {
  const tried = settings.length > 0;
  const of = runs === 1 ? '' : ` of ${runs} runs`;
  const total = [...scores.values()].reduce(
    (all, one) => ({ recorded: sum(all.recorded, one.recorded), set: sum(all.set, one.set) }),
    { recorded: NOTHING, set: NOTHING },
  );
  const judged = [...scores, ...(scores.size > 1 ? [['all', total] as const] : [])];
  return [
    `${probes} probes${of} in ${formatDuration(span)}, from ${when(since)}`,
    ...(tried
      ? [
          '',
          ...table([
            ['SETTING', 'RECORDED', 'SET'],
            ...settings.map(({ key, recorded, set }) => [key, recorded, set]),
          ]),
        ]
      : []),
    '',
    ...(decisions.length === 0
      ? ['No uplink went up or down.']
      : table(decisions.map((one) => decision(one, tried)))),
    '',
    ...table([
      [
        'UPLINK',
        ...(tried ? ['BY'] : []),
        'MOVES',
        'NEEDLESS',
        'OUTAGE SERVED',
        'TIME TO LEAVE',
        'TIME TO RETURN',
      ],
      ...judged.flatMap(([uplink, { recorded, set }]) =>
        tried
          ? [
              [uplink, 'recorded', ...figures(recorded)],
              ['', 'set', ...figures(set)],
            ]
          : [[uplink, ...figures(recorded)]],
      ),
    ]),
    '',
    ...(tried
      ? [
          '"set" is what these values would have made of the same probes; with them others might have been sent.',
        ]
      : []),
    'Times are medians and, after the slash, the longest.',
  ];
}

function decision({ time, transition: { uplink, up, reason }, by }: Decision, tried: boolean): string[] {
  return [when(time), ...(tried ? [by] : []), uplink.description, up ? 'up' : 'down', reason];
}

function when(time: number): string {
  return localTime(new Date(time)).replace('T', ' ');
}

function figures({ moves, needless, served, leaving, returning }: Score): string[] {
  return [`${moves}`, `${needless}`, seconds(served), spread(leaving), spread(returning)];
}

/** The median and the greatest. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [median, longest] = [sorted[sorted.length >> 1], sorted.at(-1)];
  return median === undefined || longest === undefined ? NONE : `${seconds(median)} / ${seconds(longest)}`;
}

function seconds(time: number): string {
  return `${(time / 1000).toFixed(1)} s`;
}

/** Rows with their columns under each other. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}
