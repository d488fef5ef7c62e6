import { randomInt } from 'node:crypto';
import { monotonic, SO_TIMESTAMPNS, SOCK_DGRAM, SOL_SOCKET, Socket } from '../native.ts';
import { addressFamily, inetAddress } from '../native/sockaddr.ts';
import { type Address, addressText } from '../network/address.ts';
import { decodeResponse, encodeQuery, type Question, type RecordType, type Response } from './dns-message.ts';
import { explain, method } from './method.ts';
import { bindToPath, familyOfPath, type ProbePath } from './path.ts';

const PORT = 53;
/** Datagrams are no longer where nobody has agreed on more; RFC 1035, section 4.2.1. */
const DATAGRAM = 512;

/** Records that hold the address of a host, and its bytes. */
const HOST_RECORDS = { 4: { type: 'A', size: 4 }, 6: { type: 'AAAA', size: 16 } } as const;

const MALFORMED = 'malformed DNS response';

/** What to ask a DNS server. */
export interface Query {
  readonly server: Address;
  readonly name: string;
  readonly type: RecordType;
}

/** A DNS query over UDP. It has succeeded when a record of the asked type has come; the time is that until then. */
export const dns = method<Query>(async (path, query, trial) => {
  trial.overdue = 'no DNS reply';
  return (await ask(path, query, trial.signal)).rtt;
});

/** An address of a host, of the path's family, from the server that is the first to know one; throws Error with what all say otherwise. */
export async function resolve(
  path: ProbePath,
  servers: readonly Address[],
  name: string,
  signal: AbortSignal,
): Promise<Address> {
  const { type, size } = HOST_RECORDS[familyOfPath(path)];
  const answers = servers.map(async (server) => {
    const { records } = await ask(path, { server, name, type }, signal);
    const address = records.find(({ length }) => length === size);
    if (address === undefined) throw new Error(MALFORMED);
    return addressText(address);
  });
  return Promise.any(answers).catch(({ errors }: AggregateError) => {
    throw new Error([...new Set((errors as Error[]).map(explain))].join(', '));
  });
}

interface Answer {
  readonly records: readonly Uint8Array[];
  /** ms. */
  readonly rtt: number;
}

/** From a port of its own and with a random identifier: neither is easily guessed by who forges answers. */
async function ask(path: ProbePath, { server, name, type }: Query, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const question: Question = { id: randomInt(0x1_0000), name, type };
  const socket = new Socket(addressFamily(familyOfPath(path)), SOCK_DGRAM, 0, {
    slots: 1,
    slotSize: DATAGRAM,
  });
  try {
    bindToPath(socket, path);
    socket.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1);
    // Connected, it receives from the server alone, and hears of ICMP errors.
    socket.connect(inetAddress(server, PORT));
    const sentAt = monotonic();
    socket.send(encodeQuery(question));
    const { response, receivedAt } = await responseTo(question, socket, signal);
    return { records: recordsOf(response, type), rtt: receivedAt - sentAt };
  } finally {
    socket.close();
  }
}

/** What is no response to the question is not heard: the right one may still come. */
function responseTo(
  question: Question,
  socket: Socket,
  signal: AbortSignal,
): Promise<{ readonly response: Response | 'malformed'; readonly receivedAt: number }> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    socket.watch(() => {
      try {
        socket.receive(({ data, receivedAt }) => {
          const response = decodeResponse(data.slice(), question);
          if (response !== undefined) resolve({ response, receivedAt });
        });
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** At least one; throws Error when the server has none. */
function recordsOf(response: Response | 'malformed', type: RecordType): readonly Uint8Array[] {
  if (response === 'malformed') throw new Error(MALFORMED);
  const { status, truncated, records } = response;
  if (status !== 'NOERROR') throw new Error(`DNS ${status}`);
  if (records.length === 0)
    throw new Error(truncated ? 'truncated DNS response' : `DNS has no ${type} record`);
  return records;
}
