import { EventSocket, RTNLGRP_NEIGH } from '../netlink/event-socket.ts';
import { ROUTE_EVENTS, type RouteEvent } from '../netlink/event.ts';
import {
  NTF_USE,
  NUD_DELAY,
  NUD_FAILED,
  NUD_NOARP,
  NUD_PERMANENT,
  NUD_PROBE,
  NUD_REACHABLE,
  NUD_STALE,
} from '../netlink/neighbour.ts';
import { RtNetlink } from '../netlink/rtnetlink.ts';
import { type Address, familyOf } from '../network/address.ts';

/** States in which the kernel knows a link-layer address, which it can be told to confirm. */
const KNOWN = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE;

/** Events that may wait, in bytes: a neighbour is looked at again when some were lost. */
const RECEIVE_BUFFER = 64 * 1024;

/**
 * Has the kernel ask a neighbour on the interface with that index who it is, by ARP or neighbour discovery, with a
 * packet on the line even where the answer is known; what it knows serves all packets meanwhile. Resolves with
 * whether the neighbour has answered, as soon as the kernel knows: that nobody does, it says after three requests and
 * as many seconds. Ends when the signal is aborted. Throws NetlinkError or SystemError, and Error when there is
 * nobody to ask.
 */
export async function solicit(index: number, address: Address, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const netlink = new RtNetlink();
  let events: EventSocket<RouteEvent> | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const judge = (state: number) => {
        if ((state & NUD_REACHABLE) !== 0) resolve(true);
        if ((state & NUD_FAILED) !== 0) resolve(false);
      };
      // Before the request, so that no answer is missed.
      events = new EventSocket(
        { source: ROUTE_EVENTS, groups: [RTNLGRP_NEIGH], receiveBuffer: RECEIVE_BUFFER },
        {
          event: (event) => {
            if (event.object !== 'neighbour' || event.kind !== 'new') return;
            const { message, portId } = event;
            // What others do to the entry (`ip neigh flush`) is no answer.
            if (portId === 0 && message.index === index && message.destination === address)
              judge(message.state);
          },
          overrun: () => judge(stateOf(netlink, index, address)),
        },
      );
      request(netlink, index, address);
    });
  } finally {
    events?.close();
    netlink.close();
  }
}

/**
 * An entry that is known is put into the state in which the kernel confirms it; without one it is sought as for a
 * packet, which alone would not confirm what is known, and would take an address that was set by hand.
 */
function request(netlink: RtNetlink, index: number, address: Address): void {
  const before = stateOf(netlink, index, address);
  if ((before & NUD_PERMANENT) !== 0) throw new Error(`the link-layer address of ${address} was set by hand`);
  const change = (before & KNOWN) === 0 ? { state: 0, flags: NTF_USE } : { state: NUD_PROBE, flags: 0 };
  netlink.replaceNeighbour({ family: familyOf(address), index, destination: address, ...change });
  const after = stateOf(netlink, index, address);
  // Of a point-to-point link the kernel keeps one entry for all addresses.
  if (after === 0 || (after & NUD_NOARP) !== 0) throw new Error('the link has no link-layer addresses');
}

/** NUD_*; 0 when there is no entry. */
function stateOf(netlink: RtNetlink, index: number, address: Address): number {
  const neighbours = netlink.dumpNeighbours(familyOf(address), index);
  return neighbours.find(({ destination }) => destination === address)?.state ?? 0;
}
