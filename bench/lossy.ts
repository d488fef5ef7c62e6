import type { Comparison } from './comparison.ts';
import { fpingLoop, lsm, program } from './contender.ts';
import { EVERY } from './failover.ts';
import type { Measurement } from './measurement.ts';
import { type Outcomes, seriesOf, together } from './runs.ts';
import { endure, type Steadiness, type Trouble } from './steadiness.ts';
import type { Tests } from './testbed.ts';

const TESTS: Tests = { interval: 1, timeout: 0.5, required_successful: 4 };
/** lsm's own defaults, at the same interval and timeout. */
const LSM = { interval: 1, timeout: 0.5, lost: 7, loss: { max: 15, min: 5 } };
const MINUTE = 60_000;
/** An interval, and what the check itself takes, ms. */
const BACK = 1020;

/** Lines that lose packets at random. */
export const lossy: Measurement = {
  name: 'lossy',
  title: 'Lines that lose packets',
  method: `One of three uplinks loses 40 % of the packets from the router for a minute, then 5 % for ten minutes; and 8 of 64 at once do. The LAN
opens a connection every ${EVERY} ms. Interval 1 s, timeout 0.5 s, 4 of 6 targets; lsm has its own defaults beside the same interval and
timeout, and one target. All that is measured here runs side by side, each in a laboratory of its own. A change: the balancing
route leaves a line or comes back to it; of all lines, the one with most of them counts. Left: the route is without all lossy lines. In
service again: it leads to all lines; who needs more than 5 s has 5000.`,
  async run(effort) {
    const long = effort === 'full' ? 10 * MINUTE : MINUTE;
    return [...(await heavy(40, effort === 'full' ? MINUTE : MINUTE / 2)), ...(await light(5, long))];
  },
};

async function heavy(percent: number, span: number): Promise<Comparison[]> {
  const [few, many] = await sideBySide(percent, span);
  return [
    ...judge(`${percent} %, 1 of 3`, few),
    ...judge(`${percent} %, 8 of 64`, many),
    {
      what: `${percent} %, 1 of 3: new connections lost`,
      unit: 'number',
      series: seriesOf(few, ({ lost }) => lost),
      promised: { of: 'each', atMost: 100 },
    },
    {
      what: `${percent} %, 8 of 64: new connections lost`,
      unit: 'number',
      series: seriesOf(many, ({ lost }) => lost),
      promised: { of: 'each', atMost: 100 },
    },
  ];
}

function judge(label: string, outcomes: Outcomes<Steadiness>): Comparison[] {
  return [
    {
      what: `${label}: until all are left`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ leftAfter }) => leftAfter),
      promised: { of: 'each', atMost: 5000 },
    },
    {
      what: `${label}: changes`,
      unit: 'number',
      series: seriesOf(outcomes, ({ changes }) => changes),
      promised: { of: 'each', atMost: 1 },
    },
    {
      what: `${label}: in service again after the repair`,
      unit: 'ms',
      series: seriesOf(outcomes, ({ backAfter }) => backAfter),
      promised: { of: 'each', atMost: BACK },
    },
  ];
}

async function light(percent: number, span: number): Promise<Comparison[]> {
  const [few, many] = await sideBySide(percent, span);
  const promised = { of: 'each', atMost: 0 } as const;
  const changes = ({ changes }: Steadiness): number => changes;
  return [
    { what: `${percent} %, 1 of 3: changes`, unit: 'number', series: seriesOf(few, changes), promised },
    { what: `${percent} %, 8 of 64: changes`, unit: 'number', series: seriesOf(many, changes), promised },
  ];
}

/** All of the peers with a few uplinks, and the program with many, at the same time. */
async function sideBySide(
  percent: number,
  span: number,
): Promise<[Outcomes<Steadiness>, Outcomes<Steadiness>]> {
  const trouble = { span, begin: lose(percent), end: lose(0) };
  const peers = [program(TESTS), fpingLoop(TESTS), lsm(LSM)];
  return Promise.all([
    together(peers, (peer) => endure(peer, { uplinks: 3, bad: 1, ...trouble })),
    together([program(TESTS)], (peer) => endure(peer, { uplinks: 64, bad: 8, ...trouble })),
  ]);
}

function lose(percent: number): Trouble['begin'] {
  return ({ internet }, names) => {
    for (const name of names) {
      if (percent === 0) internet.mend(name);
      else internet.impair(name, { loss: percent });
    }
  };
}
