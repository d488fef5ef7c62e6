import { SO_TIMESTAMPNS, SOCK_RAW, SOL_SOCKET, Socket } from '../native.ts';
import { inetAddress } from '../native/sockaddr.ts';
import { systemError } from '../native/system-error.ts';
import { type Address, familyOf } from '../network/address.ts';
import { ECHO_PROTOCOLS, type EchoProtocol } from './echo-protocol.ts';
import { ECHO_REQUEST, type EchoError, type EchoReply, writeEchoRequest } from './icmp.ts';
import { bindToPath, type ProbePath } from './path.ts';

/** Packets that one look at the socket takes. */
const SLOTS = 16;

/** One echo request: `sequence` has 16 bits, `token` TOKEN bytes. */
export interface EchoRequest {
  readonly target: Address;
  readonly sequence: number;
  readonly token: Uint8Array;
}

/** What became of a batch: when its first `sent.length` requests left, in ms; why the next one did not. */
export interface SendResult {
  readonly sent: readonly number[];
  readonly error?: Error & { readonly code: string };
}

/** Sends echo requests and hands on what comes back. */
export interface EchoChannel {
  send(requests: readonly EchoRequest[]): SendResult;
  /** Hands on everything that has arrived by now, without waiting for the event loop. */
  drain(): void;
  close(): void;
}

/**
 * Called for each echo reply or error of ours; `receivedAt` is the kernel's stamp, ms. The echo is valid
 * during the call only.
 */
export type EchoListener = (echo: EchoReply | EchoError, receivedAt: number) => void;

/** Makes the channel for a path; throws an error with a code when the system refuses. */
export type OpenEcho = (path: ProbePath, received: EchoListener) => EchoChannel;

/**
 * A raw ICMP or ICMPv6 socket (raw(7)) bound to the device, source address and mark of one uplink, with an echo
 * identifier of its own: what it sends cannot leave by another line, what it receives came by this one. Needs
 * CAP_NET_RAW and CAP_NET_ADMIN.
 */
export class EchoSocket implements EchoChannel {
  readonly #protocol: EchoProtocol;
  readonly #socket: Socket;
  readonly #identifier: number;
  readonly #received: EchoListener;
  /** struct sockaddr of each target. */
  readonly #addresses = new Map<Address, Uint8Array>();

  constructor(path: ProbePath, received: EchoListener) {
    this.#received = received;
    this.#protocol = ECHO_PROTOCOLS[familyOf(path.source)];
    this.#identifier = Math.floor(Math.random() * 0x1_0000);
    // Errors quote little of what they are about: 256 bytes hold all that is read.
    const { domain, number } = this.#protocol;
    this.#socket = new Socket(domain, SOCK_RAW, number, { slots: SLOTS, slotSize: 256 });
    try {
      this.#bind(path);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  #bind(path: ProbePath): void {
    const socket = this.#socket;
    // Before anything else, lest a packet of somebody else slip in.
    socket.attachFilter(this.#protocol.filter(this.#identifier));
    socket.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1);
    bindToPath(socket, path);
    // A socket error (the device went down) is no news: the kernel's link events tell it too, and better.
    socket.watch(() => this.drain());
  }

  send(requests: readonly EchoRequest[]): SendResult {
    const { addressSize, request } = this.#protocol;
    const packets = new Uint8Array(requests.length * ECHO_REQUEST);
    const addresses = new Uint8Array(requests.length * addressSize);
    requests.forEach(({ target, sequence, token }, index) => {
      writeEchoRequest(packets, index * ECHO_REQUEST, this.#identifier, sequence, token, request);
      addresses.set(this.#socketAddress(target), index * addressSize);
    });
    const sentAt = new Float64Array(requests.length);
    const count = this.#socket.sendBatch(packets, ECHO_REQUEST, addresses, addressSize, sentAt);
    if (count === requests.length) return { sent: Array.from(sentAt) };
    // A batch that ends early does not say why: its next packet alone does.
    if (count < 0) return { sent: [], error: systemError(-count, 'sendmmsg') };
    const rest = this.send(requests.slice(count));
    return { ...rest, sent: [...sentAt.subarray(0, count), ...rest.sent] };
  }

  #socketAddress(target: Address): Uint8Array {
    const known = this.#addresses.get(target);
    if (known !== undefined) return known;
    const address = inetAddress(target);
    this.#addresses.set(target, address);
    return address;
  }

  drain(): void {
    try {
      while (this.#receive() === SLOTS);
    } catch {
      // As above: an error of the device, told elsewhere.
    }
  }

  #receive(): number {
    return this.#socket.receive((datagram) => {
      const echo = this.#protocol.read(datagram);
      if (echo?.identifier === this.#identifier) this.#received(echo, datagram.receivedAt);
    });
  }

  close(): void {
    this.#socket.close();
  }
}
