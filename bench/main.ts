import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blackHole } from './black-hole.ts';
import { cable } from './cable.ts';
import { kept } from './comparison.ts';
import { connections } from './connections.ts';
import { flush } from './flush.ts';
import { fullLine } from './full-line.ts';
import { lossy } from './lossy.ts';
import { manyDead } from './many-dead.ts';
import { manyUplinks } from './many-uplinks.ts';
import type { Effort, Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { netlink } from './netlink.ts';
import { quiet } from './quiet.ts';
import { type Circumstances, type Result, renewed, section } from './report.ts';
import { restart } from './restart.ts';
import { sockets } from './sockets.ts';
import { start } from './start.ts';

const MEASUREMENTS: readonly Measurement[] = [
  cable,
  blackHole,
  connections,
  flush,
  lossy,
  fullLine,
  quiet,
  manyUplinks,
  manyDead,
  restart,
  start,
  memory,
  netlink,
  sockets,
];

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Makes the measurements one after another and prints each as soon as it is made. */
async function measure(measurements: readonly Measurement[], effort: Effort): Promise<Result[]> {
  const results: Result[] = [];
  for (const measurement of measurements) {
    process.stderr.write(`measuring ${measurement.name} ...\n`);
    const result = { measurement, comparisons: await measurement.run(effort) };
    results.push(result);
    const text = section(result, circumstances());
    process.stdout.write(`${text}\n\n`);
    if (effort === 'full') renewPage(text);
  }
  return results;
}

function circumstances(): Circumstances {
  return {
    date: new Date().toISOString().slice(0, 10),
    kernel: release(),
    node: process.versions.node,
    processors: `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`,
  };
}

/** At once: what was measured stays when what comes after it fails. */
function renewPage(text: string): void {
  const names = MEASUREMENTS.map(({ name }) => name);
  writeFileSync(PAGE, renewed(readFileSync(PAGE, 'utf8'), [text], names));
}

function choose(names: readonly string[]): Measurement[] {
  const unknown = names.filter((name) => !MEASUREMENTS.some((measurement) => measurement.name === name));
  if (unknown.length > 0) {
    const known = MEASUREMENTS.map(({ name }) => name).join(', ');
    throw new RangeError(`there is no measurement ${unknown.join(', ')}, there are: ${known}`);
  }
  return MEASUREMENTS.filter(({ name }) => names.length === 0 || names.includes(name));
}

/**
 * `main.js [--quick] [NAME...]`: measures everything, or what is named, and renews its sections of the page; --quick for a
 * look in a few minutes, of which the page learns nothing. Exit status 1 when a promise was missed.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false } },
  });
  const measurements = choose(positionals);
  const results = await measure(measurements, values.quick ? 'quick' : 'full');
  const missed = results.flatMap(({ comparisons }) => comparisons).filter((one) => kept(one) === false);
  for (const { what } of missed) process.stderr.write(`promise missed: ${what}\n`);
  if (missed.length > 0) process.exitCode = 1;
}

await main();
