import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonic } from '../test/support/exchange.ts';
import { terminate } from '../test/support/namespace.ts';
import { targets } from '../test/support/topology.ts';
import { PROGRAM, type Series } from './comparison.ts';
import { compileFloor } from './floor.ts';
import type { Measurement } from './measurement.ts';
import { absence } from './peers.ts';
import { daemonIn, processorTime, residentMemory } from './processes.ts';
import { type Arrival, intervals, ProbeWitness } from './probe-witness.ts';
import { Testbed } from './testbed.ts';

const UPLINKS = 64;
/** Between two probes of a target, ms. */
const INTERVAL = 1000;
/** A probe is on time when it comes so many ms around the interval after the one before. */
const PUNCTUAL = 100;
/** Programs that are not compiled while they run need no more than this to come into their stride, ms. */
const STRIDE = 3000;

/** The witness tells of a probe within this time, ms. */
const HEARSAY = 200;

/** What a prober did in one span of time. */
interface Work {
  /** Processor time in ms for 1,000 probes. */
  readonly cost: number;
  /** Greatest deviation of an interval from a second, ms. */
  readonly deviation: number;
  /** Probes that were missing, or not on time. */
  readonly unpunctual: number;
}

/** Many uplinks that all work. */
export const manyUplinks: Measurement = {
  name: 'many-uplinks',
  title: '64 uplinks',
  method: `64 uplinks, 6 targets each, every target asked once a second. Processor time is that of all threads (/proc/PID/task/*/schedstat),
probes are counted and timed where they arrive. The program runs for a minute before it is measured, as V8 is still compiling
then; fping is one \`fping -l -q -p 1000\` for each uplink; the floor is one C program that sends and receives batches
(bench/floor.c). The kernel carries a packet through the whole laboratory within the sender's system call: that time is in all
figures. On time: at most ${PUNCTUAL} ms more or less than a second after the one before.`,
  async run(effort) {
    const full = effort === 'full';
    const turns = { count: full ? 3 : 1, span: full ? 20_000 : 5000 };
    return Testbed.with(UPLINKS, async (testbed) => {
      const { router, core } = testbed.internet;
      const witness = await ProbeWitness.in(core);

      const daemon = testbed.startDaemon({ interval: 1, timeout: 0.5, required_successful: targets.length });
      await daemon.log.until((line) => line.includes('Monitor started'), { within: 10_000 });
      const pid = daemonIn(router);
      await pause(full ? 60_000 : 10_000);
      const ours = await watch([pid], witness, turns);
      const memory = residentMemory(pid);
      // The routing stays as it is: the others use its tables and rules.
      await daemon.end();

      const pinged =
        absence('fping') ??
        (await probe(
          testbed.uplinks.map(({ name, address }) => fping(testbed, name, address)),
          witness,
          turns,
        ));
      const floor = await probe([startFloor(testbed)], witness, turns);

      const compared = (figure: (work: Work) => number): [Series, ...Series[]] => [
        { of: PROGRAM, values: ours.map(figure) },
        typeof pinged === 'string'
          ? { of: 'fping', missing: pinged }
          : { of: 'fping', values: pinged.map(figure) },
        { of: 'C', values: floor.map(figure) },
      ];
      return [
        {
          what: 'Processor time for 1,000 probes',
          unit: 'ms',
          series: compared(({ cost }) => cost),
          promised: { notAbove: 'fping' },
        },
        {
          what: 'Probes that are missing or not on time',
          unit: 'number',
          series: compared(({ unpunctual }) => unpunctual),
          promised: { of: 'each', atMost: 0 },
        },
        {
          what: 'Greatest deviation from a second',
          unit: 'ms',
          series: compared(({ deviation }) => deviation),
        },
        {
          what: 'Resident memory',
          unit: 'MB',
          series: [{ of: PROGRAM, values: [memory] }],
          promised: { of: 'each', atMost: 90 },
        },
      ];
    });
  },
};

interface Turns {
  readonly count: number;
  /** ms. */
  readonly span: number;
}

/** Watches programs at their work, ends them. */
async function probe(
  programs: readonly ChildProcess[],
  witness: ProbeWitness,
  turns: Turns,
): Promise<Work[]> {
  await pause(STRIDE);
  const works = await watch(
    programs.map(({ pid }) => pid ?? 0),
    witness,
    turns,
  );
  await Promise.all(programs.map((program) => terminate(program, 'SIGTERM')));
  return works;
}

async function watch(
  pids: readonly number[],
  witness: ProbeWitness,
  { count, span }: Turns,
): Promise<Work[]> {
  const works: Work[] = [];
  for (let turn = 0; turn < count; turn++) {
    const from = monotonic();
    const before = processorTime(pids);
    await pause(span);
    const used = processorTime(pids) - before;
    const to = monotonic();
    await pause(HEARSAY);
    const seen = witness.between(from, to);
    works.push({ cost: (used / seen.length) * 1000, ...punctuality(seen, to - from) });
  }
  return works;
}

function punctuality(seen: readonly Arrival[], span: number): Pick<Work, 'deviation' | 'unpunctual'> {
  const deviations = intervals(seen).map((interval) => Math.abs(interval - INTERVAL));
  const expected = UPLINKS * targets.length * Math.floor(span / INTERVAL);
  const late = deviations.filter((deviation) => deviation > PUNCTUAL).length;
  return { deviation: Math.max(...deviations), unpunctual: late + Math.max(0, expected - seen.length) };
}

function fping({ internet: { router } }: Testbed, device: string, source: string): ChildProcess {
  const command = ['fping', '-l', '-q', '-p', String(INTERVAL), '-I', device, '-S', source, ...targets];
  return router.spawn(command, 'ignore');
}

function startFloor({ internet: { router }, uplinks }: Testbed): ChildProcess {
  const lines = uplinks.flatMap(({ name, address }) => [name, address]);
  return router.spawn([compileFloor(), String(INTERVAL), String(targets.length), ...targets, ...lines]);
}
