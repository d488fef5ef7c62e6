import { setTimeout as pause } from 'node:timers/promises';
import { monotonic } from '../test/support/exchange.ts';
import { type Impairment, impairmentRules } from '../test/support/impairment.ts';
import { LEFT_SOON } from './black-hole.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { ProbeWitness } from './probe-witness.ts';
import { phase } from './runs.ts';
import { Testbed } from './testbed.ts';

const UPLINKS = 64;
const MANY = 8;
/** Between two checks, ms. */
const INTERVAL = 1000;
/** So much later, in ms, counts as no later. */
const ALLOWANCE = 50;

/** Many lines break at once. */
export const manyDead: Measurement = {
  name: 'many-dead',
  title: 'Many dead uplinks at once',
  method: `64 uplinks, interval 1 s, timeout 0.5 s, 4 of 6 targets. One of them, then ${MANY} of them at once, become black holes, at the same
phases after a probe. Counted from before the command that makes the fault until the kernel's balancing route is without all of
the dead. As fast means: at most ${ALLOWANCE} ms later.`,
  run(effort) {
    const runs = effort === 'full' ? 7 : 2;
    return Testbed.with(UPLINKS, async (testbed) => {
      const witness = await ProbeWitness.in(testbed.internet.core);
      const start = monotonic();
      testbed.startDaemon({ interval: INTERVAL / 1000, timeout: 0.5, required_successful: 4 });
      await testbed.routeTo(testbed.names, start);
      await pause(3 * INTERVAL);
      const one: number[] = [];
      const many: number[] = [];
      for (let run = 0; run < runs; run++) {
        one.push(await leave(testbed, witness, 1, phase(run, runs, INTERVAL)));
        many.push(await leave(testbed, witness, MANY, phase(run, runs, INTERVAL)));
      }
      return [
        {
          what: `1 of ${UPLINKS} dead: until it is left`,
          unit: 'ms',
          series: [{ of: PROGRAM, values: one }],
        },
        {
          what: `${MANY} of ${UPLINKS} dead: until all are left`,
          unit: 'ms',
          series: [{ of: PROGRAM, values: many }],
          promised: LEFT_SOON,
        },
        {
          what: `${MANY} later than 1`,
          unit: 'ms',
          series: [{ of: PROGRAM, values: many.map((time, run) => time - (one[run] ?? 0)) }],
          promised: { of: 'median', atMost: ALLOWANCE },
        },
      ];
    });
  },
};

/** How long it takes until the first `count` uplinks are left, ms; they work again when this resolves. */
async function leave(testbed: Testbed, witness: ProbeWitness, count: number, after: number): Promise<number> {
  const {
    internet: { provider },
    names,
    uplinks,
  } = testbed;
  const dead = names.slice(0, count);
  await witness.next(uplinks[0]?.address ?? '');
  await pause(after);
  const fault = monotonic();
  // All in one transaction.
  provider.nft(impairmentRules(new Map(dead.map((name): [string, Impairment] => [name, 'beyond']))));
  const left = await testbed.routeTo(names.slice(count), fault);
  const repair = monotonic();
  provider.nft(impairmentRules(new Map()));
  await testbed.routeTo(names, repair);
  return left - fault;
}
