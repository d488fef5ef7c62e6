import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { blackHole } from './black-hole.ts';
import { cable } from './cable.ts';
import { kept } from './comparison.ts';
import { connections } from './connections.ts';
import { flush } from './flush.ts';
import { lossy } from './lossy.ts';
import { manyDead } from './many-dead.ts';
import { manyUplinks } from './many-uplinks.ts';
import type { Effort, Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { netlink } from './netlink.ts';
import { quiet } from './quiet.ts';
import { page, type Result, section } from './report.ts';
import { restart } from './restart.ts';
import { sockets } from './sockets.ts';
import { start } from './start.ts';

const MEASUREMENTS: readonly Measurement[] = [
  cable,
  blackHole,
  connections,
  flush,
  lossy,
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
    process.stdout.write(`${section(result)}\n\n`);
  }
  return results;
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
 * `main.js [--quick] [NAME...]`: measures everything, or what is named; --quick for a look in a few minutes.
 * The page is written when everything was measured in full. Exit status 1 when a promise was missed.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false } },
  });
  const measurements = choose(positionals);
  const results = await measure(measurements, values.quick ? 'quick' : 'full');
  if (positionals.length === 0 && !values.quick) {
    const processors = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}`;
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(PAGE, page(results, { date, kernel: release(), node: process.versions.node, processors }));
  }
  const missed = results.flatMap(({ comparisons }) => comparisons).filter((one) => kept(one) === false);
  for (const { what } of missed) process.stderr.write(`promise missed: ${what}\n`);
  if (missed.length > 0) process.exitCode = 1;
}

await main();
