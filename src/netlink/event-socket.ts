import { netlinkAddress } from '../native/sockaddr.ts';
import { SystemError } from '../native/system-error.ts';
import { type Socket, SOL_SOCKET, SO_RCVBUF, SO_RCVBUFFORCE } from '../native.ts';
import { NetlinkError } from './error.ts';
import {
  type Message,
  NLM_F_ACK,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  NLMSG_NOOP,
  readMessages,
  writeMessage,
} from './message.ts';
import { fromKernel, NETLINK_ADD_MEMBERSHIP, openSocket, SOL_NETLINK } from './transport.ts';

/** Multicast groups; linux/rtnetlink.h. */
export const RTNLGRP_LINK = 1;
export const RTNLGRP_NEIGH = 3;
export const RTNLGRP_IPV4_IFADDR = 5;
export const RTNLGRP_IPV4_ROUTE = 7;
export const RTNLGRP_IPV4_RULE = 8;
export const RTNLGRP_IPV6_IFADDR = 9;
export const RTNLGRP_IPV6_ROUTE = 11;
export const RTNLGRP_IPV6_RULE = 19;

const RECEIVE_BUFFER = 4 * 1024 * 1024;

export interface EventListener<Event> {
  event(event: Event): void;
  /**
   * Events were lost, never to come: only new dumps tell what is. Called when everything that is left has
   * been handed on.
   */
  overrun(): void;
}

/** A netlink protocol, and what its events say. */
export interface EventSource<Event> {
  /** NETLINK_*. */
  readonly protocol: number;
  /** The event in a message; undefined where it is none of ours. Throws NetlinkError EBADMSG. */
  decode(message: Message): Event | undefined;
}

/** What to hear of. */
export interface Subscription<Event> {
  readonly source: EventSource<Event>;
  /** RTNLGRP_*, NFNLGRP_*. */
  readonly groups: readonly number[];
  /** struct sock_filter[]: what it drops never wakes this process. */
  readonly filter?: Uint8Array;
  /** Bytes that may wait before events are lost; 4 MB unless told. */
  readonly receiveBuffer?: number;
}

/** Tells of the kernel's changes, in their order, until it is closed. */
export class EventSocket<Event> {
  readonly #socket: Socket;
  readonly #source: EventSource<Event>;
  readonly #listener: EventListener<Event>;
  #closed = false;
  #answered = () => {};

  /** Throws SystemError. */
  constructor(
    { source, groups, filter, receiveBuffer = RECEIVE_BUFFER }: Subscription<Event>,
    listener: EventListener<Event>,
  ) {
    this.#source = source;
    this.#listener = listener;
    this.#socket = openSocket(source.protocol, { slots: 32, slotSize: 16 * 1024 });
    setReceiveBuffer(this.#socket, receiveBuffer);
    if (filter !== undefined) this.#socket.attachFilter(filter);
    for (const group of groups) this.#socket.setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    this.#socket.watch(() => this.#deliver());
  }

  /**
   * Asks the kernel for an answer, which comes by the way of the events: `answered` is called when it does, and never
   * if this socket has become deaf. Throws SystemError.
   */
  ping(answered: () => void): void {
    this.#answered = answered;
    const flags = NLM_F_REQUEST | NLM_F_ACK;
    const payload = new Uint8Array(0);
    this.#socket.send(
      writeMessage({ type: NLMSG_NOOP, flags, sequence: 0, portId: 0, payload }),
      netlinkAddress(),
    );
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #deliver(): void {
    const { events, complete } = this.#receiveAll();
    for (const event of events) {
      if (this.#closed) return;
      this.#listener.event(event);
    }
    if (!complete && !this.#closed) this.#listener.overrun();
  }

  /**
   * After an overrun the kernel drops all events until the socket is empty: a dump made before that could be
   * out of date for ever.
   */
  #receiveAll(): { events: Event[]; complete: boolean } {
    const events: Event[] = [];
    for (let complete = true; ; ) {
      try {
        if (
          this.#socket.receive((datagram) =>
            fromKernel(datagram, (bytes) => events.push(...this.#read(bytes))),
          ) === 0
        )
          return { events, complete };
      } catch (error) {
        if (!isLoss(error)) throw error;
        complete = false;
      }
    }
  }

  *#read(datagram: Uint8Array): Generator<Event> {
    for (const message of readMessages(datagram)) {
      // Nothing but pings is ever asked here.
      if (message.type === NLMSG_ERROR) this.#answered();
      const event = this.#source.decode(message);
      if (event !== undefined) yield event;
    }
  }
}

/** The kernel had no room for an event, or we cannot make sense of one, which comes to the same. */
function isLoss(error: unknown): boolean {
  return error instanceof NetlinkError || (error instanceof SystemError && error.code === 'ENOBUFS');
}

/** Without CAP_NET_ADMIN the size is bounded by net.core.rmem_max. */
function setReceiveBuffer(socket: Socket, size: number): void {
  try {
    socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, size);
  } catch {
    socket.setOption(SOL_SOCKET, SO_RCVBUF, size);
  }
}
