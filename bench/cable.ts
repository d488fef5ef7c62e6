import { targets } from '../test/support/topology.ts';
import { fpingLoop, lsm, program } from './contender.ts';
import { EVERY, failover } from './failover.ts';
import type { Measurement } from './measurement.ts';
import { phase, seriesOf, takeTurns } from './runs.ts';

const FAST = { interval: 0.1, timeout: 0.2 };

/** The provider's end of a cable goes down. */
export const cable: Measurement = {
  name: 'cable',
  title: 'Cable pulled',
  method: `Three uplinks, balanced by layer 4. The LAN opens a connection every ${EVERY} ms; the far end of one cable goes down.
Connections count from the moment when the router's kernel has seen that: a veth pair falls silent some milliseconds earlier.
The program probes once a second: of a lost carrier it hears from the kernel. lsm (2 packets lost in a row, one target) and
the shell loop around fping (2 of 3 targets, then \`ip route replace\`) probe ten times a second, with a timeout of 0.2 s.`,
  async run(effort) {
    const runs = effort === 'full' ? 7 : 2;
    const contenders = [
      program({ interval: 1, timeout: 0.5, required_successful: 4 }),
      lsm({ ...FAST, lost: 2 }),
      fpingLoop({ ...FAST, required_successful: 2, ips: targets.slice(0, 3) }),
    ];
    const outcomes = await takeTurns(contenders, runs, (contender, run) =>
      failover(contender, {
        phase: phase(run, runs, FAST.interval * 1000),
        break: ({ internet }, uplink) => internet.unplug(uplink),
        mend: ({ internet }, uplink) => internet.plug(uplink),
      }),
    );
    return [
      {
        what: 'New connections lost',
        unit: 'number',
        series: seriesOf(outcomes, ({ lost }) => lost),
        promised: { of: 'each', atMost: 0 },
      },
      {
        what: 'Packets lost on the other uplinks',
        unit: 'number',
        series: seriesOf(outcomes, ({ lostElsewhere }) => lostElsewhere),
        promised: { of: 'each', atMost: 0 },
      },
      {
        what: 'Until the kernel has the new route',
        unit: 'ms',
        series: seriesOf(outcomes, ({ routeAfter }) => routeAfter),
      },
    ];
  },
};
