import { setTimeout as pause } from 'node:timers/promises';
import { type Exchange, isLost, monotonic } from '../test/support/exchange.ts';
import { targets } from '../test/support/topology.ts';
import { Traffic } from '../test/support/traffic.ts';
import type { Contender } from './contender.ts';
import { EVERY } from './failover.ts';
import { Testbed } from './testbed.ts';

/** What runs has so long to settle before the trouble, and to come back after it, ms. */
const SETTLING = 3000;
const WATCH = 5000;

/** Some lines of a router are bad for a while. */
export interface Trouble {
  /** How many lines there are, and how many of them, the first, are bad. */
  readonly uplinks: number;
  readonly bad: number;
  /** For so long, ms. */
  readonly span: number;
  readonly begin: (testbed: Testbed, names: readonly string[]) => void;
  readonly end: (testbed: Testbed, names: readonly string[]) => void;
}

/** What somebody made of it; times in ms. */
export interface Steadiness {
  /** From the beginning until the balancing route was without all bad lines; the whole span when it never was. */
  readonly leftAfter: number;
  /** How often the balancing route left a line or came back to it while the trouble lasted: the most of any line. */
  readonly changes: number;
  /** New connections that got no answer while it lasted. */
  readonly lost: number;
  /** From the end until the balancing route led to all lines; WATCH when it did not within that time. */
  readonly backAfter: number;
}

/** Lets new connections come while some lines are bad, and looks at the balancing route. */
export function endure(contender: Contender, trouble: Trouble): Promise<Steadiness> {
  return Testbed.with(trouble.uplinks, async (testbed) => {
    const { internet, names, route } = testbed;
    const bad = names.slice(0, trouble.bad);
    await contender.start(testbed);
    // So that the route before the trouble is known even if it never changes.
    route.read();
    await pause(SETTLING);

    const traffic = new Traffic(internet.client, { kind: 'udp', targets, every: EVERY });
    await traffic.next(1);
    const start = monotonic();
    trouble.begin(testbed, bad);
    await pause(trouble.span);
    const stop = monotonic();
    trouble.end(testbed, bad);
    const repair = monotonic();
    const exchanges = during(await traffic.stop(), start, stop);
    await pause(WATCH);

    const history = route.history(start).filter(({ at }) => at < stop);
    const left = history.find(({ devices }) => bad.every((name) => !devices.includes(name)))?.at ?? stop;
    const back = route.history(repair).find(({ devices }) => names.every((name) => devices.includes(name)));
    return {
      leftAfter: Math.max(0, left - start),
      changes: Math.max(...names.map((name) => changes(history, name))),
      lost: exchanges.filter(isLost).length,
      backAfter: Math.min(WATCH, Math.max(0, (back?.at ?? Number.POSITIVE_INFINITY) - repair)),
    };
  });
}

function during(exchanges: readonly Exchange[], from: number, to: number): Exchange[] {
  return exchanges.filter(({ startedAt }) => startedAt >= from && startedAt < to);
}

/** How often a line went out of the route or came into it. */
function changes(history: ReturnType<Testbed['route']['history']>, name: string): number {
  const inside = history.map(({ devices }) => devices.includes(name));
  return inside.filter((one, index) => index > 0 && one !== inside[index - 1]).length;
}
