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

const INTRODUCTION = `# Benchmarks

Written by \`make bench\`. To repeat it, as root on Debian: \`make bench\`, or \`node build/bench/main.js NAME...\` for some of it, with
the names in brackets below.

Everything runs in network namespaces of one machine. The program and its peers get the same laboratory and, run by run,
take turns in it. *Ratio*: how many times the program’s value the peer’s is, run by run, as a median. *Promised*: what the
program has to keep, for its median or for each run.`;

/**
 * The page in Markdown with new sections in place of those of the same name; they stand in the order of `names`, and what
 * has another name goes. Pure.
 */
export function renewed(page: string, sections: readonly string[], names: readonly string[]): string {
  const former = page.split(/^(?=## )/m).slice(1);
  const byName = new Map([...former, ...sections].map((one) => [nameOf(one), one.trimEnd()]));
  return `${[INTRODUCTION, ...names.flatMap((name) => byName.get(name) ?? [])].join('\n\n')}\n`;
}

function nameOf(text: string): string | undefined {
  return /^## .* \((\S+)\)$/m.exec(text)?.[1];
}

/** One measurement with its table. Pure. */
export function section({ measurement, comparisons }: Result, where: Circumstances): string {
  const { title, name, method } = measurement;
  const { date, kernel, node, processors } = where;
  const measured = `Measured on ${date}: Linux ${kernel}, Node.js ${node}, ${processors}.`;
  const table = [...HEADER, ...comparisons.flatMap(rows)];
  return [`## ${title} (${name})`, '', method, '', measured, '', ...table].join('\n');
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
