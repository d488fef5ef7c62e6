import { setTimeout as pause } from 'node:timers/promises';
import type { Namespace } from '../test/support/namespace.ts';
import { targets } from '../test/support/topology.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { daemonIn, residentMemory } from './processes.ts';
import { Testbed } from './testbed.ts';
import { median } from './statistics.ts';

const UPLINKS = 64;
const PROBES = { full: 1_000_000, quick: 60_000 };
/** How often memory is read, ms. */
const EVERY = 1000;
/** A growth of the median from the third quarter to the fourth that is none, MB. */
const FLAT = 3;

/** Memory after a million probes. */
export const memory: Measurement = {
  name: 'memory',
  title: 'Memory over many probes',
  method: `64 uplinks with 6 targets each, all of them asked ten times a second, until ${PROBES.full.toLocaleString('en')} probes have arrived: more than four minutes,
while the daemon keeps the last minute of samples, 230,400 here and a tenth of that at one check a second. Resident memory is
read every second. Flat: the median of the last quarter is at most ${FLAT} MB above that of the quarter before.`,
  run(effort) {
    return Testbed.with(UPLINKS, async (testbed) => {
      const { router, core } = testbed.internet;
      const daemon = testbed.startDaemon({
        interval: 0.1,
        timeout: 0.05,
        required_successful: targets.length,
      });
      await daemon.log.until((line) => line.includes('Monitor started'), { within: 10_000 });
      const pid = daemonIn(router);
      const readings: number[] = [];
      while (echoRequests(core) < PROBES[effort]) {
        await pause(EVERY);
        readings.push(residentMemory(pid));
      }
      const [, , third = [], fourth = []] = quarters(readings);
      return [
        { what: 'Resident memory, last quarter', unit: 'MB', series: [{ of: PROGRAM, values: fourth }] },
        {
          what: 'Growth from the third quarter to the fourth',
          unit: 'MB',
          series: [{ of: PROGRAM, values: [median(fourth) - median(third)] }],
          promised: { of: 'each', atMost: FLAT },
        },
      ];
    });
  },
};

/** How many echo requests have reached a namespace: InEchos of RFC 2011. */
function echoRequests(namespace: Namespace): number {
  const [names = [], values = []] = namespace
    .exec(['cat', '/proc/net/snmp'])
    .split('\n')
    .filter((line) => line.startsWith('Icmp: '))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('InEchos')]);
}

function quarters<T>(items: readonly T[]): T[][] {
  return [0, 1, 2, 3].map((quarter) =>
    items.slice((quarter * items.length) / 4, ((quarter + 1) * items.length) / 4),
  );
}
