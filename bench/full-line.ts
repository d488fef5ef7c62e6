import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { targets } from '../test/support/topology.ts';
import { type Transcript, transcribe } from '../test/support/waiting.ts';
import { type Contender, fpingLoop, lsm, program } from './contender.ts';
import type { Measurement } from './measurement.ts';
import { seriesOf, together } from './runs.ts';
import { median } from './statistics.ts';
import { endure, type Steadiness } from './steadiness.ts';
import type { Testbed, Tests } from './testbed.ts';

const TESTS: Tests = { interval: 1, timeout: 2, required_successful: 4 };
/** lsm's own defaults, at the same interval and timeout. */
const LSM = { interval: 1, timeout: 2, lost: 7, loss: { max: 15, min: 5 } };
const MINUTE = 60_000;
/** 2 Mbit/s with a queue that holds 800 ms of it: tc-tbf(8), bytes. */
const RATE = 250_000;
const QUEUE = 200_000;
const SHAPER = ['tbf', 'rate', `${RATE}bps`, 'burst', '5kb', 'limit', String(QUEUE)];
/** What comes in is a little more: the queue is full and stays so. */
const FLOOD = [1.01 * RATE, QUEUE].map(String);

const flooder = fileURLToPath(new URL('programs/flood.js', import.meta.url));

/** What is sent to a line fills it, and replies stand in its queue. */
export const fullLine: Measurement = {
  name: 'full-line',
  title: 'A full line',
  method: `One of three uplinks is full for a minute: 2 Mbit/s, with a queue of 200 kB at the provider (sch_tbf), and 1 % more data than that
for it, so that replies take 800 ms instead of none. Interval 1 s, timeout 2 s, 4 of 6 targets; lsm has its own defaults beside the same
interval and timeout, and one target. All run side by side, each in a laboratory of its own. A change: the balancing route leaves a line
or comes back to it. Beside it a ping five times a second.`,
  async run(effort) {
    const span = effort === 'full' ? MINUTE : MINUTE / 4;
    const outcomes = await together([program(TESTS), fpingLoop(TESTS), lsm(LSM)], (peer) => fill(peer, span));
    return [
      {
        what: 'Changes',
        unit: 'number',
        series: seriesOf(outcomes, ({ changes }) => changes),
        promised: { of: 'each', atMost: 0 },
      },
      {
        what: 'Round-trip time meanwhile, median',
        unit: 'ms',
        series: seriesOf(outcomes, ({ roundTrip }) => roundTrip),
      },
    ];
  },
};

async function fill(
  contender: Contender,
  span: number,
): Promise<Steadiness & { readonly roundTrip: number }> {
  const flood = new Flood();
  const steadiness = await endure(contender, {
    uplinks: 3,
    bad: 1,
    span,
    begin: (testbed) => flood.begin(testbed),
    end: () => flood.end(),
  });
  return { ...steadiness, roundTrip: median(flood.roundTrips) };
}

/** More data than the first uplink takes, and a ping beside them. */
class Flood {
  #programs: ChildProcess[] = [];
  #pings: Transcript<string> | undefined;

  begin({ internet: { provider, core, router }, uplinks: [line] }: Testbed): void {
    if (line === undefined) throw new RangeError('there is no uplink');
    provider.exec(['tc', 'qdisc', 'replace', 'dev', line.name, 'root', ...SHAPER]);
    const ping = router.spawn(['ping', '-n', '-i', '0.2', '-I', line.address, targets[0] ?? '']);
    this.#pings = transcribe([ping.stdout as Readable], String);
    this.#programs = [core.spawn([process.execPath, flooder, line.address, ...FLOOD]), ping];
  }

  end(): void {
    for (const one of this.#programs) one.kill('SIGKILL');
  }

  /** Of the pings, ms. */
  get roundTrips(): number[] {
    return (this.#pings?.entries ?? []).flatMap((line) => Number(/time=([\d.]+) ms/.exec(line)?.[1] ?? []));
  }
}
