import { SystemError } from '../native/system-error.ts';
import { NetlinkError, systemFailure } from './error.ts';
import {
  type Acknowledgement,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  readDone,
  readError,
  readMessages,
  writeMessage,
} from './message.ts';
import type { Transport } from './transport.ts';

/** How often a dump is tried while changes interrupt it. */
export const DUMP_ATTEMPTS = 10;

const FIRST_CONTENT = 16; // NLMSG_MIN_TYPE: types below are control messages

/** A request: `operation` says in words what it is for, `flags` what it asks for beside NLM_F_REQUEST. */
export interface Request {
  readonly operation: string;
  readonly type: number;
  readonly flags?: number;
  readonly payload: Uint8Array;
}

/**
 * Requests to the kernel, answered when the method returns.
 *
 * There is nothing to wait for: the kernel works on a request inside sendmsg(2), so its acknowledgement
 * stands in the receive buffer when that returns, and recvmsg(2) itself fetches the next part of a dump
 * (netlink_sendmsg and netlink_recvmsg in net/netlink/af_netlink.c). Promises would only let other work come
 * between the read and the change that rests on it.
 *
 * Each method throws NetlinkError: with the code of the kernel when it refuses, and as NetlinkError says for
 * answers that are none.
 */
export class RequestSocket {
  readonly #transport: Transport;
  #sequence = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** nlmsg_pid in the events that this socket's requests cause. */
  get portId(): number {
    return this.#transport.portId;
  }

  /** Asks for a change, or for one object; what `decode` makes of the messages before the acknowledgement. */
  request<Value = never>(request: Request, decode?: (message: Message) => Value): Value[] {
    const values: Value[] = [];
    const flags = (request.flags ?? 0) | NLM_F_ACK;
    this.#exchange({ ...request, flags }, (message) => decode !== undefined && values.push(decode(message)));
    return values;
  }

  /**
   * Asks for all objects of a kind; what `decode` makes of each. A dump during which the objects changed may
   * have left some out or have some twice: it is thrown away and repeated; NetlinkError EINTR when changes
   * interrupted DUMP_ATTEMPTS dumps in a row.
   */
  dump<Value>(request: Request, decode: (message: Message) => Value): Value[] {
    const flags = (request.flags ?? 0) | NLM_F_DUMP;
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const values: Value[] = [];
      const { interrupted } = this.#exchange({ ...request, flags }, (message) =>
        values.push(decode(message)),
      );
      if (!interrupted) return values;
    }
    throw new NetlinkError(request.operation, 'EINTR', `interrupted by changes ${DUMP_ATTEMPTS} times`);
  }

  close(): void {
    this.#transport.close();
  }

  #exchange(request: Required<Request>, content: (message: Message) => void): { interrupted: boolean } {
    const answer = new Answer((this.#sequence = (this.#sequence + 1) >>> 0), content);
    const { operation, type, flags, payload } = request;
    try {
      this.#transport.send(
        writeMessage({ type, flags: flags | NLM_F_REQUEST, sequence: answer.sequence, portId: 0, payload }),
      );
      while (answer.end === undefined) {
        if (!this.#transport.receive((datagram) => answer.take(datagram)))
          throw new NetlinkError(operation, 'EPROTO', 'the answer has no end');
      }
    } catch (error) {
      this.#discard();
      if (error instanceof SystemError) throw systemFailure(operation, { errno: error.errno, cause: error });
      throw error;
    }
    if (answer.end.errno !== 0) throw systemFailure(operation, answer.end);
    return answer;
  }

  /** Empties the socket: the kernel answers EBUSY to a dump while another is not read to its end. */
  #discard(): void {
    try {
      while (this.#transport.receive(() => undefined));
    } catch {
      // The failure that led here is the one to report; what is left has an old sequence number, so nobody
      // takes it for an answer.
    }
  }
}

/** What comes back for one request. */
class Answer {
  readonly sequence: number;
  readonly #content: (message: Message) => void;
  /** How the kernel ended the request. */
  end: Acknowledgement | undefined;
  interrupted = false;

  constructor(sequence: number, content: (message: Message) => void) {
    this.sequence = sequence;
    this.#content = content;
  }

  take(datagram: Uint8Array): void {
    for (const message of readMessages(datagram)) {
      if (message.sequence !== this.sequence) continue;
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) this.interrupted = true;
      if (message.type === NLMSG_ERROR) this.end = readError(message);
      else if (message.type === NLMSG_DONE) this.end = readDone(message);
      else if (message.type >= FIRST_CONTENT) this.#content(message);
    }
  }
}
