/**
 * A program: `echo-load.js CLIENT SPAN TARGET,... DEVICE=SOURCE...` opens an ICMP socket for each uplink with one
 * of the clients below. First it asks every target through every uplink each 100 ms, then as fast as replies
 * come, each for SPAN ms after as long a time that is not counted; prints LoadFigures as JSON.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { monotonic } from '../../src/native.ts';
import type { Address } from '../../src/network/address.ts';
import { EchoSocket } from '../../src/probe/echo-socket.ts';
import { ECHO_REQUEST, readEcho, TOKEN, writeEchoRequest } from '../../src/probe/icmp.ts';
import { peerPackage } from '../peers.ts';
import type { LoadFigures } from '../sockets.ts';

const INTERVAL = 100;
/** A batch whose replies are not complete after this time is given up, ms. */
const PATIENCE = 200;

/** A socket of one uplink. */
interface Line {
  /** Asks every target once. */
  ask(): void;
}

/** Opens a socket; `replied` is called for each reply to it. */
type Open = (device: string, source: Address, replied: () => void) => Line;

/** The parts of raw-socket that are used here. */
interface RawSocketPackage {
  createSocket(options: { protocol: number }): RawSocket;
  readonly Protocol: { readonly ICMP: number };
  readonly SocketLevel: { readonly SOL_SOCKET: number };
  readonly SocketOption: { readonly SO_BINDTODEVICE: number };
}
interface RawSocket {
  setOption(level: number, option: number, value: Buffer, length: number): void;
  send(
    packet: Buffer,
    offset: number,
    length: number,
    to: Address,
    done: (error: Error | null) => void,
  ): void;
  on(event: 'message', listener: (packet: Buffer) => void): void;
}

const [, , name = '', span, addresses = '', ...uplinks] = process.argv;
const targets = addresses.split(',');

const CLIENTS: Readonly<Record<string, () => Promise<Open>>> = {
  own: () =>
    Promise.resolve((device, source, replied) => {
      const socket = new EchoSocket({ device, index: 0, source, mark: 0 }, replied);
      let sequence = 0;
      const token = new Uint8Array(TOKEN);
      return {
        ask() {
          socket.send(
            targets.map((target) => ({ target, sequence: (sequence = (sequence + 1) & 0xffff), token })),
          );
        },
      };
    }),

  'raw-socket': async () => {
    const library = await peerPackage<RawSocketPackage>('raw-socket');
    const { SocketLevel, SocketOption } = library;
    return (device, _source, replied) => {
      const socket = library.createSocket({ protocol: library.Protocol.ICMP });
      const identifier = Math.floor(Math.random() * 0x1_0000);
      const zeroEnded = Buffer.from(`${device}\0`);
      socket.setOption(SocketLevel.SOL_SOCKET, SocketOption.SO_BINDTODEVICE, zeroEnded, zeroEnded.length);
      socket.on('message', (packet) => {
        const echo = readEcho(packet);
        if (echo?.identifier === identifier) replied();
      });
      let sequence = 0;
      const token = new Uint8Array(TOKEN);
      return {
        ask() {
          for (const target of targets) {
            const packet = Buffer.alloc(ECHO_REQUEST);
            writeEchoRequest(packet, 0, identifier, (sequence = (sequence + 1) & 0xffff), token);
            socket.send(packet, 0, packet.length, target, () => undefined);
          }
        },
      };
    };
  },
};

const open = await CLIENTS[name]?.();
if (open === undefined) throw new RangeError(`there is no client ${name}`);

let replies = 0;
let flatOut = false;
const lines = uplinks.map((uplink) => {
  const [device = '', source = ''] = uplink.split('=');
  let missing = 0;
  let askedAt = 0;
  const line = open(device, source, () => {
    replies++;
    if (--missing <= 0 && flatOut) ask();
  });
  const ask = () => {
    missing = targets.length;
    askedAt = monotonic();
    line.ask();
  };
  return { ask, stuck: () => monotonic() - askedAt > PATIENCE };
});

const cadence = setInterval(() => {
  for (const line of lines) line.ask();
}, INTERVAL);
const calm = await work();
clearInterval(cadence);

flatOut = true;
setInterval(() => {
  for (const line of lines) if (line.stuck()) line.ask();
}, PATIENCE);
const busy = await work();

const figures: LoadFigures = {
  cost: (calm.time / calm.replies) * 1000,
  rate: (busy.replies / busy.span) * 1000,
};
process.stdout.write(JSON.stringify(figures));
process.exit();

/** What was done in a span of time: processor time and span in ms. */
async function work(): Promise<{ replies: number; time: number; span: number }> {
  await pause(Number(span));
  const before = { replies, usage: process.cpuUsage(), at: monotonic() };
  await pause(Number(span));
  const { user, system } = process.cpuUsage(before.usage);
  return { replies: replies - before.replies, time: (user + system) / 1000, span: monotonic() - before.at };
}
