import { spawnSync } from 'node:child_process';
import { monotonic } from '../test/support/exchange.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { Testbed } from './testbed.ts';

const COUNTS = [3, 64];

/** From the command to the first route. */
export const start: Measurement = {
  name: 'start',
  title: 'Start',
  method: `A router without a route. Counted from before the daemon is executed until the kernel tells of the balancing route. Beside it a
Node.js that does nothing (\`node -e 0\`), from its execution to its end.`,
  async run(effort) {
    const runs = effort === 'full' ? 9 : 2;
    const idle: number[] = [];
    const times = COUNTS.map((): number[] => []);
    for (let run = 0; run < runs; run++) {
      idle.push(startIdle());
      for (const [index, uplinks] of COUNTS.entries()) times[index]?.push(await firstRoute(uplinks));
    }
    return COUNTS.map((uplinks, index) => ({
      what: `${uplinks} uplinks: until the first route is in place`,
      unit: 'ms',
      series: [
        { of: PROGRAM, values: times[index] ?? [] },
        { of: 'node -e 0', values: idle },
      ] as const,
      promised: { of: 'each', atMost: 250 } as const,
    }));
  },
};

function firstRoute(uplinks: number): Promise<number> {
  return Testbed.with(uplinks, async (testbed) => {
    const executed = monotonic();
    testbed.startDaemon({ interval: 1, timeout: 0.5, required_successful: 4 });
    return (await testbed.routeTo(testbed.names, executed)) - executed;
  });
}

function startIdle(): number {
  const executed = monotonic();
  spawnSync(process.execPath, ['-e', '0']);
  return monotonic() - executed;
}
