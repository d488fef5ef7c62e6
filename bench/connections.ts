import type { Comparison } from './comparison.ts';
import { type Contender, fpingLoop, program } from './contender.ts';
import { type Breakage, failover, SETTLING } from './failover.ts';
import { FLOWS } from './flows.ts';
import type { Measurement } from './measurement.ts';
import { phase, seriesOf, takeTurns } from './runs.ts';
import type { Testbed, Tests } from './testbed.ts';

const TESTS: Tests = { interval: 1, timeout: 0.5, required_successful: 4 };

const FAULTS: readonly (Omit<Breakage, 'phase'> & { readonly label: string })[] = [
  {
    label: 'Black hole',
    break: ({ internet }: Testbed, uplink) => internet.impair(uplink, 'beyond'),
    mend: ({ internet }: Testbed, uplink) => internet.mend(uplink),
  },
  {
    label: 'Cable pulled',
    break: ({ internet }: Testbed, uplink) => internet.unplug(uplink),
    mend: ({ internet }: Testbed, uplink) => internet.plug(uplink),
  },
];

/** Established connections of a line that dies, and of those beside it. */
export const connections: Measurement = {
  name: 'connections',
  title: 'Failover of established connections',
  method: `Three uplinks, balanced by layer 4; ${FLOWS.flows} UDP flows with a packet every ${FLOWS.every} ms, as telephone calls have, which the firewall marks with the
uplink on which they began. One uplink dies, as a black hole or by its cable. Answered again: counted from the moment at which the
kernel has the new route until the last flow of the dead uplink is answered over another; who needs more than ${SETTLING / 1000} s has ${SETTLING}.
Beside it the program with \`on_failure: keep\`, and the shell loop around fping with \`conntrack -D --mark\` after its
\`ip route replace\`. Gaps are those between the answers of one flow.`,
  async run(effort) {
    const runs = effort === 'full' ? 7 : 1;
    const contenders = [
      program(TESTS),
      program(TESTS, { name: 'on_failure: keep', settings: { on_failure: 'keep' } }),
      fpingLoop(TESTS, { moving: true }),
    ];
    const comparisons: Comparison[] = [];
    for (const fault of FAULTS) comparisons.push(...(await compare(contenders, runs, fault)));
    return comparisons;
  },
};

async function compare(
  contenders: readonly Contender[],
  runs: number,
  { label, ...fault }: (typeof FAULTS)[number],
): Promise<Comparison[]> {
  const outcomes = await takeTurns(contenders, runs, (contender, run) =>
    failover(contender, { phase: phase(run, runs, TESTS.interval * 1000), ...fault }),
  );
  return [
    {
      what: `${label}: until all flows are answered again`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ resumedAfter }) => resumedAfter),
      promised: { of: 'each', atMost: 100 },
    },
    {
      what: `${label}: packets lost on the other uplinks`,
      unit: 'number',
      series: seriesOf(outcomes, ({ lostElsewhere }) => lostElsewhere),
      promised: { of: 'each', atMost: 0 },
    },
    {
      what: `${label}: longest gap on the other uplinks`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ gapElsewhere }) => gapElsewhere),
    },
  ];
}
