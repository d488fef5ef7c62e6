/**
 * A program: `netlink-latency.js CLIENT LOOKUPS LISTS` asks the kernel of its network namespace so often for the
 * route to an address, and for all routes, and for those of one table, through one of the clients below; prints
 * LatencyFigures as JSON.
 */
import { monotonic } from '../../src/native.ts';
import { encodeRoute, RTM_GETROUTE } from '../../src/netlink/route.ts';
import { encodeRouteQuery } from '../../src/netlink/route-query.ts';
import { RtNetlink } from '../../src/netlink/rtnetlink.ts';
import { addressBytes } from '../../src/network/address.ts';
import { type LatencyFigures, TABLE, TARGET } from '../netlink.ts';
import { peerPackage } from '../peers.ts';
import { median } from '../statistics.ts';

const AF_INET = 2;
/** Of everything so many more are made before, as a part: V8 is still compiling then. */
const WARM_UP = 0.5;
/** Which routes a dump is to hold: all that are IPv4. */
const EVERYTHING = {
  family: 4,
  table: 0,
  protocol: 0,
  type: 0,
  tos: 0,
  scope: 0,
  flags: 0,
  metric: 0,
} as const;

/** Each function resolves, or returns, when the answer has been read. */
interface Client {
  readonly lookup: () => unknown;
  /** How many routes there are. */
  readonly all: () => number | Promise<number>;
  /** How many routes there are in one table. */
  readonly table: () => number | Promise<number>;
}

/** The parts of the packages that are used here. */
interface NetlinkPackage {
  createRtNetlink(): {
    getRoute(data: object, attributes: object): Promise<unknown>;
    getRoutes(data: object): Promise<readonly { readonly data: { readonly table?: number } }[]>;
  };
}
interface NodeNetlinkPackage {
  open(options: { family: number }): Promise<{
    talk(message: { header: object; payload: Buffer }): Promise<readonly { readonly payload: Buffer }[]>;
  }>;
  readonly NLM_F_REQUEST: bigint;
  readonly NLM_F_ACK: bigint;
  readonly NLM_F_DUMP: bigint;
}

const CLIENTS: Readonly<Record<string, () => Promise<Client>>> = {
  own: () => {
    const netlink = new RtNetlink();
    return Promise.resolve({
      lookup: () => netlink.getRoute({ destination: TARGET }),
      all: () => netlink.dumpRoutes({ family: 4 }).length,
      table: () => netlink.dumpRoutes({ family: 4, table: TABLE }).length,
    });
  },

  // The peers know no strict checking (NETLINK_GET_STRICT_CHK): the kernel sends them the routes of all tables.
  netlink: async () => {
    const socket = (await peerPackage<NetlinkPackage>('netlink')).createRtNetlink();
    const destination = Buffer.from(addressBytes(TARGET));
    const list = () => socket.getRoutes({ family: AF_INET });
    return {
      lookup: () => socket.getRoute({ family: AF_INET, dstLen: 32 }, { dst: destination }),
      all: async () => (await list()).length,
      table: async () => (await list()).filter(({ data }) => data.table === TABLE).length,
    };
  },

  // It knows messages but nothing of rtnetlink: the requests are ours, the answers stay bytes.
  'node-netlink': async () => {
    const library = await peerPackage<NodeNetlinkPackage>('node-netlink');
    const socket = await library.open({ family: 0 });
    const ask = (payload: Uint8Array, flags: bigint) =>
      socket.talk({
        header: {
          nlmsg_type: BigInt(RTM_GETROUTE),
          nlmsg_flags: library.NLM_F_REQUEST | library.NLM_F_ACK | flags,
        },
        payload: Buffer.from(payload),
      });
    const list = () => ask(encodeRoute({ ...EVERYTHING, nexthops: [] }), library.NLM_F_DUMP);
    return {
      lookup: () => ask(encodeRouteQuery({ destination: TARGET }), 0n),
      all: async () => (await list()).length,
      // struct rtmsg, rtm_table
      table: async () => (await list()).filter(({ payload }) => payload[4] === TABLE).length,
    };
  },
};

const [, , name = '', lookups, lists] = process.argv;
const client = await CLIENTS[name]?.();
if (client === undefined) throw new RangeError(`there is no client ${name}`);
const figures: LatencyFigures = {
  lookup: await time(Number(lookups), client.lookup),
  all: await time(Number(lists), client.all),
  table: await time(Number(lists), client.table),
  routes: await client.all(),
  routesInTable: await client.table(),
};
process.stdout.write(JSON.stringify(figures));
process.exit();

/** How long each of `count` calls takes, one after another: the median in ms. */
async function time(count: number, call: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let made = -Math.ceil(count * WARM_UP); made < count; made++) {
    const start = monotonic();
    const result = call();
    // To wait for what is already there would cost a turn of the event loop.
    if (result instanceof Promise) await result;
    if (made >= 0) times.push(monotonic() - start);
  }
  return median(times);
}
