import { targets } from '../test/support/topology.ts';
import type { Comparison, Promised } from './comparison.ts';
import { type Contender, fpingLoop, program } from './contender.ts';
import { EVERY, failover } from './failover.ts';
import type { Measurement } from './measurement.ts';
import { phase, seriesOf, takeTurns } from './runs.ts';
import type { Tests } from './testbed.ts';

const SLOW: Tests = { interval: 1, timeout: 0.5, required_successful: 4 };
const HELD: Tests = { ...SLOW, hold_down: 3 };
const FAST: Tests = { interval: 0.1, timeout: 0.2, required_successful: 2, ips: targets.slice(0, 3) };
/** A black hole is left in so many ms at an interval of 1 s. */
export const LEFT_SOON: readonly Promised[] = [
  { of: 'median', atMost: 700 },
  { of: 'each', atMost: 1400 },
];
/** What a check takes that succeeds, and the witness of its outcome, ms. */
const CHECK = 20;

/** A provider's gateway answers, and nothing behind it does. */
export const blackHole: Measurement = {
  name: 'black-hole',
  title: 'Black hole',
  method: `Three uplinks, balanced by layer 4. One provider forwards nothing any more while its gateway goes on to answer; later it is mended.
The faults are spread evenly over the interval between two probes, the same for both. The shell loop around fping
(\`fping -r 0 -i 1 -t TIMEOUT\`, then \`ip route replace\`) has the same interval, timeout, targets and quorum. The LAN opens a
connection every ${EVERY} ms; times are counted from before the command that makes the fault. Service is promised within the hold time
(hold_down, which the loop does not know) and one interval after the repair, and ${CHECK} ms for the check itself.`,
  async run(effort) {
    const runs = effort === 'full' ? 7 : 2;
    return [
      ...(await compare('1 s, 4 of 6', SLOW, runs, LEFT_SOON, [fpingLoop(SLOW)])),
      ...(await compare('1 s, 4 of 6, held for 3 s', HELD, Math.min(runs, 3), LEFT_SOON)),
      ...(await compare('0.1 s, 2 of 3', FAST, runs, { of: 'median', atMost: 350 }, [fpingLoop(FAST)])),
    ];
  },
};

async function compare(
  label: string,
  tests: Tests,
  runs: number,
  promised: Promised | readonly Promised[],
  peers: readonly Contender[] = [],
): Promise<Comparison[]> {
  const interval = tests.interval * 1000;
  const outcomes = await takeTurns([program(tests), ...peers], runs, (contender, run) =>
    failover(contender, {
      phase: phase(run, runs, interval),
      break: ({ internet }, uplink) => internet.impair(uplink, 'beyond'),
      mend: ({ internet }, uplink) => internet.mend(uplink),
    }),
  );
  return [
    {
      what: `${label}: until the kernel has the new route`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ routeAfter }) => routeAfter),
      promised,
    },
    {
      what: `${label}: until the last connection was lost`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ lastLostAfter }) => lastLostAfter),
    },
    {
      what: `${label}: packets lost on the other uplinks`,
      unit: 'number',
      series: seriesOf(outcomes, ({ lostElsewhere }) => lostElsewhere),
      promised: { of: 'each', atMost: 0 },
    },
    {
      what: `${label}: in service again after the repair`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ backAfter }) => backAfter),
      promised: { of: 'each', atMost: (tests.hold_down ?? 0) * 1000 + interval + CHECK },
    },
  ];
}
