import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../src/network/address.ts';
import { type Exchange, isLost, monotonic } from '../test/support/exchange.ts';
import { targets } from '../test/support/topology.ts';
import { Traffic } from '../test/support/traffic.ts';
import type { Contender } from './contender.ts';
import { ProbeWitness } from './probe-witness.ts';
import { Testbed } from './testbed.ts';

/** Three uplinks, of which the second breaks. */
const UPLINKS = 3;
const BROKEN = 1;
/** One new connection in so many ms. */
export const EVERY = 5;
/** Old connections, each with a packet in 10 ms. */
const FLOWS = { flows: 9, every: 10 };
/** What runs has so long to settle before the line breaks, ms. */
const SETTLING = 1500;

export interface Breakage {
  /** The line breaks so many ms after a probe was seen on it. */
  readonly phase: number;
  readonly break: (testbed: Testbed, uplink: string) => void;
  readonly mend: (testbed: Testbed, uplink: string) => void;
}

/** What became of the traffic of one run; times in ms. */
export interface Failover {
  /** New connections that got no answer. */
  readonly lost: number;
  /** From the fault until the last new connection was sent down the dead line; 0 when none was. */
  readonly lastLostAfter: number;
  /** From the fault until the kernel's balancing route left the dead line out. */
  readonly routeAfter: number;
  /** Packets of old connections on the other uplinks that got no answer. */
  readonly lostElsewhere: number;
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
    const others = names.filter((name) => name !== broken.name);
    const route = await testbed.routeTo(others, fault);
    await pause(SETTLING);
    const [connections, packets] = await Promise.all([fresh.stop(), old.stop()]);

    // Probes of the broken line reach no witness: a time on their grid and the phase once more spread the repairs.
    await pause(breakage.phase);
    breakage.mend(testbed, broken.name);
    const repair = monotonic();
    const back = await testbed.routeTo(names, repair);

    const lost = connections.filter(isLost);
    return {
      lost: lost.length,
      lastLostAfter: Math.max(0, ...lost.map(({ startedAt }) => startedAt - fault)),
      routeAfter: route - fault,
      lostElsewhere: lostElsewhere(packets, broken.address),
      backAfter: back - repair,
    };
  });
}

/** Lost packets of the flows that did not begin on the broken line; throws when there was no such flow. */
function lostElsewhere(packets: readonly Exchange[], broken: Address): number {
  const elsewhere = new Set(
    packets
      .filter((packet) => packet.sequence < FLOWS.flows && !isLost(packet) && packet.via !== broken)
      .map(({ flow }) => flow),
  );
  if (elsewhere.size === 0) throw new Error('all old connections began on one line');
  return packets.filter((packet) => elsewhere.has(packet.flow) && isLost(packet)).length;
}
