import { once } from 'node:events';
import { Socket as Connection } from 'node:net';
import { monotonic, SOCK_STREAM, Socket } from '../native.ts';
import { addressFamily } from '../native/sockaddr.ts';
import type { Address } from '../network/address.ts';
import { method } from './method.ts';
import { bindToPath, familyOfPath, type ProbePath } from './path.ts';

/** A TCP port of a host. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/**
 * Opens a TCP connection and closes it again (RFC 9293); the time is that until it stands. A refusal proves that
 * the line works, but a failure it is: what was asked for is the service, and a router on the way, or the
 * provider itself, can refuse just as well.
 */
export const tcp = method<Endpoint>(async (path, endpoint, trial) => {
  const began = monotonic();
  trial.overdue = 'no TCP connection';
  await connect(path, endpoint, trial.signal);
  return monotonic() - began;
});

/**
 * A TCP connection along a path, closed when the signal is aborted. Node can neither bind to a device nor set a
 * mark, but takes over a socket of ours. Throws the system's error.
 */
export async function connect(
  path: ProbePath,
  { address, port }: Endpoint,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted();
  const socket = new Socket(addressFamily(familyOfPath(path)), SOCK_STREAM, 0, { slots: 1, slotSize: 1 });
  try {
    bindToPath(socket, path);
  } catch (error) {
    socket.close();
    throw error;
  }
  const connection = new Connection({ fd: socket.release(), signal });
  // Whoever waits for something of the connection hears of its errors; at any other time they are no news.
  connection.on('error', () => {});
  connection.connect({ host: address, port });
  await once(connection, 'connect', { signal });
  return connection;
}
