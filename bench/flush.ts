import { fileURLToPath } from 'node:url';
import { Laboratory } from '../test/support/namespace.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { absence } from './peers.ts';
import { seriesOf, takeTurns } from './runs.ts';

/** Connections of the dead uplink, and of another. */
const MARKED = 200_000;
const OTHERS = 20_000;

/** What one process came to; times in ms. */
export interface FlushFigures {
  /** Until the connections were forgotten. */
  readonly took: number;
  /** The longest time in which the event loop did not turn meanwhile. */
  readonly gap: number;
  /** The same without the time in which its thread waited for a processor. */
  readonly held: number;
  /** How many connections the table still holds. */
  readonly left: number;
}

const program = fileURLToPath(new URL('programs/flush-latency.js', import.meta.url));

/** A large table of connections, and what goes on beside the work on it. */
export const flush: Measurement = {
  name: 'flush',
  title: '200,000 connections forgotten',
  method: `Connection tracking holds ${MARKED} connections with the mark of the dead uplink and ${OTHERS} with another. A process has the former
forgotten, all of them and no others, while a timer of 1 ms looks for the longest time in which its event loop does not turn. As the
daemon does it: in another thread. Beside it the same request in the thread of the event loop; the program conntrack, which
lists the table and deletes one after another; and nothing, for half a second. Where others work on the machine a thread that
could run has to wait for a processor now and then (schedstat), whatever it does: the last figure, which is promised, leaves such
waits out.`,
  async run(effort) {
    const forgetful = [
      { name: PROGRAM, client: 'own' },
      { name: 'in the same thread', client: 'same thread' },
      { name: 'conntrack -D', client: 'conntrack', missing: absence('conntrack') },
    ];
    const idle = { name: 'nothing', client: 'nobody' };
    const outcomes = await takeTurns([...forgetful, idle], effort === 'full' ? 7 : 2, (entrant) =>
      measure(entrant.client, entrant === idle ? MARKED + OTHERS : OTHERS),
    );
    const busy = new Map([...outcomes].filter(([entrant]) => entrant !== idle));
    return [
      {
        what: 'Until they are forgotten',
        unit: 'ms',
        series: seriesOf(busy, ({ took }) => took),
      },
      {
        what: 'Longest gap of the event loop',
        unit: 'ms',
        series: seriesOf(outcomes, ({ gap }) => gap),
      },
      {
        what: 'Longest gap without waits for a processor',
        unit: 'ms',
        series: seriesOf(outcomes, ({ held }) => held),
        promised: { of: 'each', atMost: 10 },
      },
    ];
  },
};

/** Throws when so many are not left. */
async function measure(client: string, left: number): Promise<FlushFigures> {
  const laboratory = new Laboratory();
  try {
    const { host } = laboratory.namespaces('host');
    const command = [process.execPath, program, client, String(MARKED), String(OTHERS)];
    const figures = JSON.parse(host.exec(command)) as FlushFigures;
    if (figures.left !== left) throw new Error(`${client} leaves ${figures.left} connections`);
    return figures;
  } finally {
    await laboratory.close();
  }
}
