import { fileURLToPath } from 'node:url';
import { targets } from '../test/support/topology.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { packageAbsence } from './peers.ts';
import { setUpByHand } from './routing-by-hand.ts';
import { seriesOf, takeTurns } from './runs.ts';
import { Testbed } from './testbed.ts';

const UPLINKS = 64;

/** What one process came to. */
export interface LoadFigures {
  /** Processor time for 1,000 probes, ms. */
  readonly cost: number;
  /** Probes a second. */
  readonly rate: number;
}

const program = fileURLToPath(new URL('programs/echo-load.js', import.meta.url));

/** The probe socket beside the package of npm. */
export const sockets: Measurement = {
  name: 'sockets',
  title: 'ICMP sockets',
  method: `${UPLINKS} sockets, each bound to its uplink, in a process that does nothing else. First 6 targets are asked through each ten times a second
(3,840 probes a second): the processor time of the process. Then each socket asks again as soon as its 6 replies
are there: probes a second.`,
  run(effort) {
    const [runs, span] = effort === 'full' ? [3, 4000] : [1, 1000];
    return Testbed.with(UPLINKS, async (testbed) => {
      setUpByHand(testbed);
      const entrants = [
        { name: PROGRAM, client: 'own' },
        { name: 'raw-socket', client: 'raw-socket', missing: await packageAbsence('raw-socket') },
      ];
      const outcomes = await takeTurns(entrants, runs, ({ client }) => load(testbed, client, span));
      return [
        {
          what: 'Processor time for 1,000 probes',
          unit: 'ms',
          series: seriesOf(outcomes, ({ cost }) => cost),
        },
        { what: 'Probes a second', unit: 'number', series: seriesOf(outcomes, ({ rate }) => rate) },
      ];
    });
  },
};

function load({ internet: { router }, uplinks }: Testbed, client: string, span: number): LoadFigures {
  const lines = uplinks.map(({ name, address }) => `${name}=${address}`);
  const command = [process.execPath, program, client, String(span), targets.join(','), ...lines];
  return JSON.parse(router.exec(command)) as LoadFigures;
}
