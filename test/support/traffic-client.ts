/**
 * A program: asks the echo servers all the time, as its argument says (TrafficOptions in JSON), and prints
 * what became of each question (Exchange in JSON, a line each). SIGTERM ends the asking; the program ends
 * when the last question is answered or lost.
 */
import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import type { Address } from '../../src/network/address.ts';
import { echoPort, monotonic, type TrafficOptions } from './exchange.ts';

/** Milliseconds until a question counts as lost. */
const patience = 1000;

type Outcome = { readonly via: Address } | { readonly lost: string };

/** Sends a question; returns what closes its socket. */
type Ask = (sequence: number, flow: number, target: Address) => () => void;

const {
  kind,
  targets,
  every,
  flows = 1,
  count = Infinity,
}: TrafficOptions = JSON.parse(process.argv[2] ?? '');
const unanswered = new Map<number, (outcome: Outcome) => void>();
const family = targets[0]?.includes(':') ? 6 : 4;
const flowSockets = Array.from({ length: kind === 'flow' ? flows : 0 }, packetSocket);
const ask: Ask = { udp: askByPacket, tcp: askByConnection, flow: askInFlow }[kind];
const start = monotonic();
let asked = 0;
let port = 1024 + Math.floor(Math.random() * 60_000);
let stopping = false;

// A timer that fires late asks what is overdue as well: the number of questions does not depend on the load.
const timer = setInterval(() => {
  while (asked < count && start + Math.floor(asked / flows) * every <= monotonic()) begin(asked++);
}, every);

process.once('SIGTERM', () => {
  clearInterval(timer);
  stopping = true;
  endIfDone();
});

function begin(sequence: number): void {
  const flow = sequence % flows;
  const target = targets[(kind === 'flow' ? flow : sequence) % targets.length] as Address;
  const startedAt = monotonic();
  const close = ask(sequence, flow, target);
  const deadline = setTimeout(() => settle(sequence, { lost: 'timeout' }), patience);
  unanswered.set(sequence, (outcome) => {
    clearTimeout(deadline);
    close();
    const answer = 'via' in outcome ? { answeredAfter: monotonic() - startedAt, ...outcome } : outcome;
    console.log(JSON.stringify({ sequence, flow, target, startedAt, ...answer }));
  });
}

/** The first outcome of a question counts; an answer after its deadline finds it closed. */
function settle(sequence: number, outcome: Outcome): void {
  const finish = unanswered.get(sequence);
  unanswered.delete(sequence);
  finish?.(outcome);
  endIfDone();
}

function endIfDone(): void {
  if (stopping && unanswered.size === 0) for (const socket of flowSockets.splice(0)) socket.close();
}

function askByPacket(sequence: number, _flow: number, target: Address): () => void {
  const socket = packetSocket();
  socket.on('error', (error) => settle(sequence, failure(error)));
  socket.bind(nextPort());
  send(socket, sequence, target);
  return () => socket.close();
}

function askInFlow(sequence: number, flow: number, target: Address): () => void {
  send(flowSockets[flow] as Socket, sequence, target);
  return () => undefined;
}

function askByConnection(sequence: number, _flow: number, target: Address): () => void {
  const connection = connect(echoPort, target);
  connection.on('error', (error) => settle(sequence, failure(error)));
  connection.once('data', (via) => settle(sequence, { via: via.toString() }));
  return () => connection.destroy();
}

function packetSocket(): Socket {
  const socket = createSocket({
    type: `udp${family}`,
    lookup: (host, _options, done) => done(null, host, family),
  });
  socket.on('message', (answer) => {
    const [sequence, via = ''] = answer.toString().split(' ');
    settle(Number(sequence), { via });
  });
  return socket;
}

function send(socket: Socket, sequence: number, target: Address): void {
  socket.send(String(sequence), echoPort, target, (error) => {
    if (error !== null) settle(sequence, failure(error));
  });
}

/**
 * The next port of all, one after another: a random one could be that of a recent connection, which the
 * router's connection tracking would take for the same and send by the same uplink.
 */
function nextPort(): number {
  port = port === 65_535 ? 1024 : port + 1;
  return port;
}

function failure(error: NodeJS.ErrnoException): Outcome {
  return { lost: error.code ?? error.message };
}
