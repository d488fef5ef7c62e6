import { fileURLToPath } from 'node:url';
import { Laboratory, type Namespace } from '../test/support/namespace.ts';
import { PROGRAM } from './comparison.ts';
import type { Measurement } from './measurement.ts';
import { packageAbsence } from './peers.ts';
import { seriesOf, takeTurns } from './runs.ts';

/** Routes of the table `main`, and of the one that is asked for. */
const ROUTES = 2000;
const FEW = 3;
/** The table that is asked for, and the address whose route is. */
export const TABLE = 100;
export const TARGET = '198.18.0.1';

/** Of one process: times are medians in ms. */
export interface LatencyFigures {
  readonly lookup: number;
  readonly all: number;
  readonly table: number;
  /** How many routes were listed. */
  readonly routes: number;
  readonly routesInTable: number;
}

const program = fileURLToPath(new URL('programs/netlink-latency.js', import.meta.url));

/** The program's own rtnetlink beside the packages of npm. */
export const netlink: Measurement = {
  name: 'netlink',
  title: 'rtnetlink',
  method: `A namespace with ${ROUTES} routes in its main table and ${FEW} in another. Each client, in a process of its own, looks up one route
(RTM_GETROUTE) 2,000 times, and lists all routes and those of the small table 50 times each, after half as many that are not
counted. The program and \`netlink\` decode the routes, \`node-netlink\` hands on bytes. To list one table is what the daemon does.`,
  async run(effort) {
    const entrants = [
      { name: PROGRAM, client: 'own' },
      { name: 'netlink', client: 'netlink', missing: await packageAbsence('netlink') },
      { name: 'node-netlink', client: 'node-netlink', missing: await packageAbsence('node-netlink') },
    ];
    const laboratory = new Laboratory();
    try {
      const { host } = laboratory.namespaces('host');
      addRoutes(host);
      const outcomes = await takeTurns(entrants, effort === 'full' ? 7 : 2, ({ client }) =>
        measure(host, client),
      );
      return [
        { what: 'Look up a route', unit: 'µs', series: seriesOf(outcomes, ({ lookup }) => lookup * 1000) },
        {
          what: `List a table of ${FEW}`,
          unit: 'µs',
          series: seriesOf(outcomes, ({ table }) => table * 1000),
        },
        { what: `List all ${ROUTES}`, unit: 'µs', series: seriesOf(outcomes, ({ all }) => all * 1000) },
      ];
    } finally {
      await laboratory.close();
    }
  },
};

function addRoutes(host: Namespace): void {
  const route = (index: number) => `route add 198.19.${index >> 8}.${index & 0xff}/32 dev lo`;
  const indices = Array.from({ length: ROUTES }, (_, index) => index);
  host.ip([
    'link set lo up',
    `addr add ${TARGET}/32 dev lo`,
    ...indices.map(route),
    ...indices.slice(0, FEW).map((index) => `${route(index)} table ${TABLE}`),
  ]);
}

/** Throws when the client misses routes. */
function measure(host: Namespace, client: string): LatencyFigures {
  const figures = JSON.parse(host.exec([process.execPath, program, client, '2000', '50'])) as LatencyFigures;
  if (figures.routes < ROUTES || figures.routesInTable !== FEW)
    throw new Error(`${client} lists ${figures.routes} routes, ${figures.routesInTable} in the small table`);
  return figures;
}
