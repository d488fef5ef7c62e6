import { setTimeout as pause } from 'node:timers/promises';
import { type Contender, fpingLoop, program } from './contender.ts';
import type { Measurement } from './measurement.ts';
import { ProbeWitness } from './probe-witness.ts';
import { seriesOf, takeTurns } from './runs.ts';
import { Testbed, type Tests } from './testbed.ts';

const UPLINKS = 3;
const TESTS: Tests = { interval: 1, timeout: 0.5, required_successful: 4 };
/** Until it is quiet, ms: what is new is asked more. */
const SETTLING = 5000;
/** Evenly spread probes are this far from each other, ms. */
const SPACING = (TESTS.interval * 1000) / TESTS.required_successful;
/** The witness tells of a probe within this time, ms. */
const HEARSAY = 200;

/** How many probes it takes while nothing happens. */
export const quiet: Measurement = {
  name: 'quiet',
  title: 'Quiet times',
  method: `Three uplinks that work, interval 1 s, timeout 0.5 s, 4 of 6 targets; no traffic. Probes are counted where they arrive. The Ruby
program with these settings asks ${TESTS.required_successful} targets a second when all answer: no more are promised. The shell loop around fping asks all six.`,
  async run(effort) {
    const span = effort === 'full' ? 20_000 : 5000;
    const outcomes = await takeTurns([program(TESTS), fpingLoop(TESTS)], 1, (contender) =>
      probesPerSecond(contender, span),
    );
    return [
      {
        what: 'Probes in a second and uplink',
        unit: 'number',
        series: seriesOf(outcomes, (probes) => probes),
        promised: { of: 'each', atMost: TESTS.required_successful },
      },
    ];
  },
};

function probesPerSecond(contender: Contender, span: number): Promise<number> {
  return Testbed.with(UPLINKS, async (testbed) => {
    const witness = await ProbeWitness.in(testbed.internet.core);
    await contender.start(testbed);
    await pause(SETTLING);
    const from = (await witness.next(testbed.uplinks[0]?.address ?? '')).at + SPACING / 2;
    await pause(span + SPACING / 2 + HEARSAY);
    return witness.between(from, from + span).length / (span / 1000) / UPLINKS;
  });
}
