import { createRequire } from 'node:module';
import { systemError } from './native/system-error.ts';

/* Constants of asm-generic/socket.h, linux/in.h, linux/in6.h and linux/icmp.h, named as there. */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOL_IP = 0;
export const SOL_SOCKET = 1;
export const SOL_IPV6 = 41;
export const SO_RCVBUF = 8;
export const SO_BINDTODEVICE = 25;
export const SO_RCVBUFFORCE = 33;
export const SO_TIMESTAMPNS = 35;
export const SO_MARK = 36;
export const IP_RECVERR = 11;
export const IPV6_RECVERR = 25;
export const MSG_TRUNC = 0x20;
export const MSG_ERRQUEUE = 0x2000;

/**
 * What native/socket.c exports. System calls return -errno when they fail; arguments of a wrong type or range
 * throw.
 */
interface Addon {
  readonly Socket: new (domain: number, type: number, protocol: number) => NativeSocket;
  now(): number;
  clearAmbient(): number;
  raiseAmbient(capability: number): number;
  request(protocol: number, message: Uint8Array): Promise<Uint8Array | number>;
}

interface NativeSocket {
  receive(
    flags: number,
    buffer: Uint8Array,
    slotSize: number,
    addresses: Uint8Array,
    info: Float64Array,
  ): number;
  send(
    packets: Uint8Array,
    packetSize: number,
    addresses: Uint8Array | null,
    addressSize: number,
    sentAt: Float64Array | null,
  ): number;
  setOption(level: number, name: number, value: number | Uint8Array): number;
  getOption(level: number, name: number, into: Uint8Array): number;
  attachFilter(program: Uint8Array): number;
  bind(address: Uint8Array): number;
  connect(address: Uint8Array): number;
  localAddress(into: Uint8Array): number;
  watch(callback: ((failing: boolean) => void) | null): void;
  ref(): void;
  unref(): void;
  fd(): number;
  release(): number;
  close(): void;
}

const addon = createRequire(import.meta.url)('../native/socket.node') as Addon;

/**
 * Now, in ms with fractions on CLOCK_MONOTONIC: the clock of `Datagram.receivedAt` and of the times that
 * `sendBatch` notes.
 */
export function monotonic(): number {
  return addon.now();
}

/**
 * Programs that this thread starts from now on inherit no capability of a process that is not root; it keeps its own.
 * PR_CAP_AMBIENT_CLEAR_ALL, prctl(2), capabilities(7).
 */
export function clearAmbientCapabilities(): void {
  check(addon.clearAmbient(), 'prctl');
}

/**
 * Programs that this thread starts from now on inherit this capability, CAP_* of linux/capability.h: where the process
 * may hand it on, as a unit with AmbientCapabilities= may. Root's programs have it anyhow. PR_CAP_AMBIENT_RAISE, prctl(2).
 */
export function raiseAmbientCapability(capability: number): void {
  addon.raiseAmbient(capability);
}

/**
 * Sends a message to the kernel over netlink in another thread, where the kernel may take its time; the first datagram
 * of its answer, of which 4096 bytes are kept. Rejects with SystemError.
 */
export async function netlinkRequest(protocol: number, message: Uint8Array): Promise<Uint8Array> {
  const answer = await addon.request(protocol, message);
  if (typeof answer === 'number') throw systemError(-answer, 'netlink');
  return answer;
}

/** What the kernel says about an error of the network; struct sock_extended_err, ip(7). */
export interface QueuedError {
  readonly errno: number;
  /** Who says it: SO_EE_ORIGIN_LOCAL (1), _ICMP (2), _ICMP6 (3). */
  readonly origin: number;
  /** Of the ICMP error. */
  readonly type: number;
  readonly code: number;
  /** E.g. the MTU with EMSGSIZE. */
  readonly info: number;
}

/**
 * A packet as it was received. It and its bytes are valid until the callback returns: the next packet takes
 * their place.
 */
export interface Datagram {
  /** What fits into a slot: shorter than `length` when the packet was truncated. */
  readonly data: Uint8Array;
  /** Bytes of the whole packet. */
  readonly length: number;
  /** MSG_TRUNC, MSG_ERRQUEUE, ... */
  readonly flags: number;
  /** The kernel's stamp if SO_TIMESTAMPNS is set, else the time of the call; ms as of `monotonic`. */
  readonly receivedAt: number;
  /**
   * sockaddr of the sender; in the error queue of who sent the ICMP error, or of the destination when it came
   * from this host.
   */
  readonly address: Uint8Array;
  /** Only in the error queue. */
  readonly error?: QueuedError;
}

const ADDRESS_SIZE = 128; // sizeof(struct sockaddr_storage)
const INFO_SIZE = 8; // doubles in struct info of native/socket.c

/**
 * A datagram socket of any family: non-blocking, closed on exec, level-triggered; or a stream socket until it
 * is handed over. It lives until `close` or `release`, or until it is garbage while nobody watches it. Every
 * method throws SystemError when the kernel refuses, and Error ERR_SOCKET_CLOSED after either.
 */
export class Socket {
  readonly #native: NativeSocket;
  readonly #slotSize: number;
  readonly #buffer: Uint8Array;
  readonly #addresses: Uint8Array;
  readonly #info: Float64Array;

  /**
   * socket(2). `slots` (1 to 64) is how many packets a call of `receive` takes, `slotSize` how many bytes of
   * each.
   */
  constructor(
    domain: number,
    type: number,
    protocol: number,
    shape: { slots?: number; slotSize?: number } = {},
  ) {
    const { slots = 64, slotSize = 2048 } = shape;
    if (!(slots >= 1 && slots <= 64) || !(slotSize >= 1))
      throw new RangeError('a socket has 1 to 64 slots of at least a byte');
    this.#slotSize = slotSize;
    this.#buffer = new Uint8Array(slots * slotSize);
    this.#addresses = new Uint8Array(slots * ADDRESS_SIZE);
    this.#info = new Float64Array(slots * INFO_SIZE);
    try {
      this.#native = new addon.Socket(domain, type, protocol);
    } catch (error) {
      throw hasErrno(error) ? systemError(error.errno, 'socket') : error;
    }
  }

  /** The descriptor; -1 after `close` and `release`. */
  get fd(): number {
    return this.#native.fd();
  }

  /** setsockopt(2) with an int (or unsigned int) or with any bytes. */
  setOption(level: number, name: number, value: number | Uint8Array): void {
    check(this.#native.setOption(level, name, value), 'setsockopt');
  }

  /** getsockopt(2): what the kernel writes into `length` bytes. */
  getOption(level: number, name: number, length = 4): Uint8Array {
    const value = new Uint8Array(length);
    return value.subarray(0, check(this.#native.getOption(level, name, value), 'getsockopt'));
  }

  /** Attaches a classic BPF program, struct sock_filter[], to what arrives from now on. */
  attachFilter(program: Uint8Array): void {
    check(this.#native.attachFilter(program), 'setsockopt');
  }

  /** bind(2) to a sockaddr. */
  bind(address: Uint8Array): void {
    check(this.#native.bind(address), 'bind');
  }

  /** connect(2) to a sockaddr. */
  connect(address: Uint8Array): void {
    check(this.#native.connect(address), 'connect');
  }

  /** getsockname(2): a sockaddr. */
  localAddress(): Uint8Array {
    const address = new Uint8Array(ADDRESS_SIZE);
    return address.subarray(0, check(this.#native.localAddress(address), 'getsockname'));
  }

  /** Sends one packet of at least one byte to a sockaddr, or to where the socket is connected. */
  send(packet: Uint8Array, address?: Uint8Array): void {
    check(this.#native.send(packet, packet.length, address ?? null, address?.length ?? 0, null), 'sendmmsg');
  }

  /**
   * Sends packets of equal size, each to its sockaddr, and notes in `sentAt` when (ms as of `monotonic`, read
   * before the call). Returns how many the kernel took, or -errno when it refused the first: a failed send is
   * evidence, no exception. With IP_RECVERR the refusal may be the pending error of an earlier packet, which
   * the refusal clears.
   */
  sendBatch(
    packets: Uint8Array,
    packetSize: number,
    addresses: Uint8Array,
    addressSize: number,
    sentAt: Float64Array,
  ): number {
    return this.#native.send(packets, packetSize, addresses, addressSize, sentAt);
  }

  /**
   * Hands on one batch of packets, oldest first, and returns their number: 0 when none waits. MSG_ERRQUEUE
   * takes them from the error queue of an AF_INET or AF_INET6 socket with IP_RECVERR (other families ignore
   * it and hand out ordinary packets). A pending error of the socket is thrown, and cleared: ENOBUFS on a
   * netlink socket says that messages were lost, ENETDOWN that the device went down.
   */
  receive(each: (datagram: Datagram) => void, flags = 0): number {
    const count = this.#native.receive(flags, this.#buffer, this.#slotSize, this.#addresses, this.#info);
    check(count, 'recvmmsg');
    for (let slot = 0; slot < count; slot++) each(this.#datagram(slot));
    return count;
  }

  #datagram(slot: number): Datagram {
    const at = (column: number) => this.#info[slot * INFO_SIZE + column] as number;
    const start = slot * this.#slotSize;
    const datagram = {
      data: this.#buffer.subarray(start, start + Math.min(at(0), this.#slotSize)),
      length: at(0),
      flags: at(1),
      receivedAt: at(2),
      address: this.#addresses.subarray(slot * ADDRESS_SIZE, slot * ADDRESS_SIZE + at(3)),
    };
    if (at(4) < 0) return datagram;
    const error = { errno: at(4), origin: at(5), type: at(6) >> 8, code: at(6) & 0xff, info: at(7) };
    return { ...datagram, error };
  }

  /**
   * Calls `ready` whenever something waits, again and again until it was received. `failing`: the socket has
   * an error, which `receive` throws, or its error queue is not empty; who sets IP_RECVERR then receives with
   * MSG_ERRQUEUE, or the loop spins. An exception of `ready` becomes an uncaught exception.
   */
  watch(ready: (failing: boolean) => void): void {
    this.#native.watch(ready);
  }

  /** Ends `watch`. */
  unwatch(): void {
    this.#native.watch(null);
  }

  /** A watched socket keeps the event loop alive: so it does at first. */
  ref(): void {
    this.#native.ref();
  }

  /** A watched socket does not keep the event loop alive. */
  unref(): void {
    this.#native.unref();
  }

  /**
   * Hands the descriptor over, with all that was set on it: whoever takes it closes it. This socket counts as
   * closed from now on.
   */
  release(): number {
    return this.#native.release();
  }

  /** May be called again. */
  close(): void {
    this.#native.close();
  }
}

function check(result: number, syscall: string): number {
  if (result < 0) throw systemError(-result, syscall);
  return result;
}

function hasErrno(error: unknown): error is { readonly errno: number } {
  return error instanceof Error && 'errno' in error;
}
