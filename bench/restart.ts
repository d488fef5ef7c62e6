import { setTimeout as pause } from 'node:timers/promises';
import { type Exchange, isLost, monotonic } from '../test/support/exchange.ts';
import { targets } from '../test/support/topology.ts';
import { Traffic } from '../test/support/traffic.ts';
import { type Comparison, PROGRAM, type Series } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { Testbed, type Tests } from './testbed.ts';

const UPLINKS = 3;
const TESTS: Tests = { interval: 1, timeout: 0.5, required_successful: 4 };
/** New connections, and packets on each of the old ones: one in so many ms. */
const EVERY = { fresh: 5, old: 10 };
/** Traffic flows so long before the daemon is killed, and after its successor has started, ms. */
const SPAN = { before: 1000, after: 3000 };

/** The daemon is killed and started again. */
export const restart: Measurement = {
  name: 'restart',
  title: 'kill -9 and restart under load',
  method: `Three uplinks; a new connection every ${EVERY.fresh} ms and 9 old ones with a packet each ${EVERY.old} ms. The daemon is killed with SIGKILL and
started again at once; traffic goes on for ${SPAN.after / 1000} s after the start, through the first checks. Once with all lines working, once
while one of them is a black hole that the daemon had left.`,
  async run(effort) {
    const runs = effort === 'full' ? 7 : 1;
    const working = await repeat(runs, () => killed([]));
    const broken = await repeat(runs, () => killed(['eth2']));
    return [...comparisons('All lines work', working), ...comparisons('One line is a black hole', broken)];
  },
};

interface Losses {
  readonly fresh: number;
  readonly old: number;
}

async function killed(dead: readonly string[]): Promise<Losses> {
  return Testbed.with(UPLINKS, async (testbed) => {
    const { internet, names } = testbed;
    const start = monotonic();
    const first = testbed.startDaemon(TESTS);
    await testbed.routeTo(names, start);
    const fault = monotonic();
    for (const name of dead) internet.impair(name, 'beyond');
    if (dead.length > 0)
      await testbed.routeTo(
        names.filter((name) => !dead.includes(name)),
        fault,
      );

    const fresh = new Traffic(internet.client, { kind: 'udp', targets, every: EVERY.fresh });
    const old = new Traffic(internet.client, { kind: 'flow', targets, flows: 9, every: EVERY.old });
    await fresh.next(SPAN.before / EVERY.fresh);
    await first.end('SIGKILL');
    const second = testbed.startDaemon(TESTS);
    await second.log.until((line) => line.includes('Monitor started'), { within: 10_000 });
    await pause(SPAN.after);
    const [connections, packets] = await Promise.all([fresh.stop(), old.stop()]);
    return { fresh: lost(connections), old: lost(packets) };
  });
}

function lost(exchanges: readonly Exchange[]): number {
  return exchanges.filter(isLost).length;
}

async function repeat<T>(times: number, once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < times) results.push(await once());
  return results;
}

function comparisons(label: string, losses: readonly Losses[]): Comparison[] {
  const promised = { of: 'each', atMost: 0 } as const;
  const series = (of: (one: Losses) => number): [Series] => [{ of: PROGRAM, values: losses.map(of) }];
  return [
    {
      what: `${label}: new connections lost`,
      unit: 'number',
      series: series(({ fresh }) => fresh),
      promised,
    },
    {
      what: `${label}: packets of old ones lost`,
      unit: 'number',
      series: series(({ old }) => old),
      promised,
    },
  ];
}
