/**
 * A program: `flush-latency.js CLIENT MARKED OTHERS` fills the connection tracking of its network namespace, has the
 * connections that carry a mark forgotten by one of the clients below, and prints FlushFigures as JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { netlinkAddress } from '../../src/native/sockaddr.ts';
import { monotonic } from '../../src/native.ts';
import { CT_DELETE, deleteConnections, encodeMarkFilter } from '../../src/netlink/conntrack.ts';
import { RequestSocket } from '../../src/netlink/request-socket.ts';
import { fromKernel, NETLINK_NETFILTER, openSocket, portIdOf } from '../../src/netlink/transport.ts';
import { addConnections } from '../conntrack-table.ts';
import type { FlushFigures } from '../flush.ts';

const DEAD = 1;
const HEALTHY = 2;
const FILTER = { family: 4, value: DEAD, mask: 0xffff_ffff } as const;
/** ms. */
const IDLE = 500;

const CLIENTS: Readonly<Record<string, () => unknown>> = {
  own: () => deleteConnections(FILTER),

  'same thread': () => {
    const socket = openSocket(NETLINK_NETFILTER, { slots: 1, slotSize: 4096 });
    const requests = new RequestSocket({
      portId: portIdOf(socket.localAddress()),
      send: (message) => socket.send(message, netlinkAddress()),
      receive: (each) => socket.receive((datagram) => fromKernel(datagram, each)) > 0,
      close: () => socket.close(),
    });
    requests.request({ operation: 'forget', type: CT_DELETE, payload: encodeMarkFilter(FILTER) });
    requests.close();
  },

  // What it prints of each connection is read by nobody.
  conntrack: () => once(spawn('conntrack', ['-D', '--mark', String(DEAD)], { stdio: 'ignore' }), 'exit'),

  nobody: () => pause(IDLE),
};

const [, , name = '', marked, others] = process.argv;
const client = CLIENTS[name];
if (client === undefined) throw new RangeError(`there is no client ${name}`);
addConnections(Number(marked), DEAD);
addConnections(Number(others), HEALTHY);
if (connections() !== Number(marked) + Number(others))
  throw new Error(`connection tracking holds ${connections()}`);
process.stdout.write(JSON.stringify({ ...(await watch(client)), left: connections() }));

/** Does something while a timer looks for the longest time in which the event loop does not turn. */
async function watch(act: () => unknown): Promise<Omit<FlushFigures, 'left'>> {
  let last = { at: monotonic(), delay: runDelay() };
  let gap = 0;
  let held = 0;
  const turn = () => {
    const now = { at: monotonic(), delay: runDelay() };
    const elapsed = now.at - last.at;
    gap = Math.max(gap, elapsed);
    held = Math.max(held, elapsed - (now.delay - last.delay));
    last = now;
  };
  const timer = setInterval(turn, 1);
  // V8 and the timer get going.
  await pause(IDLE);
  gap = held = 0;
  const start = monotonic();
  await act();
  const took = monotonic() - start;
  await pause(10);
  clearInterval(timer);
  return { took, gap, held };
}

/** How long this thread has waited for a processor so far, ms; sched-stats of the kernel's documentation. */
function runDelay(): number {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
}

function connections(): number {
  return Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8'));
}
