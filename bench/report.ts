import { type Comparison, keeps, type Promised, promises, ratio, type Series } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { median } from './statistics.ts';

/** A measurement that was made. */
export interface Result {
  readonly measurement: Measurement;
  readonly comparisons: readonly Comparison[];
}

/** Where and when it was made. */
export interface Circumstances {
  readonly date: string;
  readonly kernel: string;
  readonly node: string;
  readonly processors: string;
}

const HEADER = [
  '| Figure | Of | Median | Min – max | Runs | Ratio | Promised |',
  '| --- | --- | ---: | ---: | ---: | ---: | --- |',
];

/** The whole page in Markdown. Pure. */
export function page(results: readonly Result[], where: Circumstances): string {
  const { date, kernel, node, processors } = where;
  return [
    '# Benchmarks',
    '',
    `Written by \`make bench\` on ${date}: Linux ${kernel}, Node.js ${node}, ${processors}. To repeat it, as root on Debian:`,
    '`make bench`, or `node build/bench/main.js NAME...` for some of it, with the names in brackets below.',
    '',
    'Everything runs in network namespaces of one machine. The program and its peers get the same laboratory and, run by run,',
    'take turns in it. *Ratio*: how many times the program’s value the peer’s is, run by run, as a median. *Promised*: what the',
    'program has to keep, for its median or for each run.',
    '',
    ...results.flatMap((result) => [section(result), '']),
  ].join('\n');
}

/** One measurement with its table. Pure. */
export function section({ measurement, comparisons }: Result): string {
  const { title, name, method } = measurement;
  return [`## ${title} (${name})`, '', method, '', ...HEADER, ...comparisons.flatMap(rows)].join('\n');
}

function rows(comparison: Comparison): string[] {
  const { what, unit, series } = comparison;
  return series.map((one, index) => {
    const head = [index === 0 ? `${what}, ${unit}` : '', one.of];
    const promised = index === 0 ? promises(comparison).map((one) => promise(comparison, one)) : [];
    return `| ${[...head, ...figures(one), times(ratio(comparison, one)), promised.join('; ')].join(' | ')} |`;
  });
}

function figures(series: Series): string[] {
  if ('missing' in series) return [`not measured: ${series.missing}`, '', ''];
  const { values } = series;
  const extremes = `${figure(Math.min(...values))} – ${figure(Math.max(...values))}`;
  return [figure(median(values)), extremes, String(values.length)];
}

function times(value: number | undefined): string {
  return value === undefined ? '' : `× ${figure(value)}`;
}

function promise(comparison: Comparison, promised: Promised): string {
  const judged = String(keeps(comparison, promised));
  const verdict = { true: 'kept', false: '**missed**', undefined: 'not judged' }[judged];
  if ('notAbove' in promised) return `median not above ${promised.notAbove}: ${verdict}`;
  const { of, atMost } = promised;
  return `${of} ${atMost === 0 ? 'is 0' : `at most ${atMost}`}: ${verdict}`;
}

/** Three digits that tell something: 0.0123, 4.57, 129, 56789. */
function figure(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value)
    ? String(Math.round(value))
    : String(Number(value.toPrecision(3)));
}
