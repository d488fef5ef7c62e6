import { setTimeout as pause } from 'node:timers/promises';
import { isLost, monotonic } from '../test/support/exchange.ts';
import { targets } from '../test/support/topology.ts';
import { Traffic } from '../test/support/traffic.ts';
import type { Contender } from './contender.ts';
import { answeredElsewhere, byLine, FLOWS, longestGap } from './flows.ts';
import { ProbeWitness } from './probe-witness.ts';
import { Testbed } from './testbed.ts';

/** Three uplinks, of which the second breaks. */
const UPLINKS = 3;
const BROKEN = 1;
/** One new connection in so many ms. */
export const EVERY = 5;
/** What runs has so long to settle before the line breaks, ms. */
export const SETTLING = 1500;

export interface Breakage {
  /** The line breaks so many ms after a probe was seen on it. */
  readonly phase: number;
  readonly break: (testbed: Testbed, uplink: string) => void;
  readonly mend: (testbed: Testbed, uplink: string) => void;
}

/** What became of the traffic of one run; times in ms. */
export interface Failover {
  /** New connections that got no answer, of those that began once the command that makes the fault had ended. */
  readonly lost: number;
  /** From the fault until the last new connection was sent down the dead line; 0 when none was. */
  readonly lastLostAfter: number;
  /** From the fault until the kernel's balancing route left the dead line out. */
  readonly routeAfter: number;
  /** From the new route until every old connection of the dead line was answered again; SETTLING when one was not. */
  readonly resumedAfter: number;
  /** Packets of old connections on the other uplinks that got no answer. */
  readonly lostElsewhere: number;
  /** The longest time between two answers to one of them, from the fault on. */
  readonly gapElsewhere: number;
  /** From the repair until the balancing route led to all uplinks again. */
  readonly backAfter: number;
}

/**
 * Breaks a line of a router with three uplinks while new connections come and old ones go on, and mends it.
 * The fault is counted from before the command that makes it, the repair from after its command.
 */
export function failover(contender: Contender, breakage: Breakage): Promise<Failover> {
  return Testbed.with(UPLINKS, async (testbed) => {
    const { internet, names, uplinks } = testbed;
    const broken = uplinks[BROKEN];
    if (broken === undefined) throw new RangeError('there is no such uplink');
    const witness = await ProbeWitness.in(internet.core);
    await contender.start(testbed);
    const fresh = new Traffic(internet.client, { kind: 'udp', targets, every: EVERY });
    const old = new Traffic(internet.client, { kind: 'flow', targets, ...FLOWS });
    await fresh.next(SETTLING / EVERY);
    await witness.next(broken.address);
    await pause(breakage.phase);

    const fault = monotonic();
    breakage.break(testbed, broken.name);
    const made = monotonic();
    const others = names.filter((name) => name !== broken.name);
    const route = await testbed.routeTo(others, fault);
    await pause(SETTLING);
    const [connections, packets] = await Promise.all([fresh.stop(), old.stop()]);

    // Probes of the broken line reach no witness: a time on their grid and the phase once more spread the repairs.
    await pause(breakage.phase);
    breakage.mend(testbed, broken.name);
    const repair = monotonic();
    const back = await testbed.routeTo(names, repair);

    const lost = connections.filter((connection) => isLost(connection) && connection.startedAt >= made);
    const { stranded, elsewhere } = byLine(packets, broken.address);
    const resumed = Math.max(...stranded.map((flow) => answeredElsewhere(flow, broken.address)));
    return {
      lost: lost.length,
      lastLostAfter: Math.max(0, ...lost.map(({ startedAt }) => startedAt - fault)),
      routeAfter: route - fault,
      resumedAfter: Math.min(SETTLING, Math.max(0, resumed - route)),
      lostElsewhere: elsewhere.flat().filter(isLost).length,
      gapElsewhere: Math.max(...elsewhere.map((flow) => longestGap(flow, fault))),
      backAfter: back - repair,
    };
  });
}
