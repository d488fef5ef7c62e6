import { readAttributes } from './attribute.ts';
import type { EventSource } from './event-socket.ts';
import { text } from './layout.ts';
import type { Message } from './message.ts';
import { NETLINK_NETFILTER } from './transport.ts';

/** Multicast group; linux/netfilter/nfnetlink.h. */
export const NFNLGRP_NFTABLES = 7;

const NFNL_SUBSYS_NFTABLES = 10;
/** Ends each transaction, and has numbers where the others have names; enum nf_tables_msg_types. */
const NFT_MSG_NEWGEN = 15;
const HEADER = 4; // struct nfgenmsg
/** NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE ...: the first attribute of every other message. */
const TABLE_NAME = 1;

/** Something in a table of nftables, whatever its family, was made, changed or deleted. */
export interface TableEvent {
  readonly table: string;
  /** Port of the socket whose request caused it: the pid of the program, mostly. */
  readonly portId: number;
}

/** linux/netfilter/nf_tables.h. Throws NetlinkError EBADMSG. */
export function decodeTableEvent({ type, portId, payload }: Message): TableEvent | undefined {
  if (type >> 8 !== NFNL_SUBSYS_NFTABLES || (type & 0xff) === NFT_MSG_NEWGEN) return undefined;
  const [first] = readAttributes(payload.subarray(HEADER));
  if (first?.type !== TABLE_NAME) return undefined;
  return { table: text.decode(first.value), portId };
}

/** Changes of nftables, whoever makes them; those that iptables-nft makes among them. */
export const TABLE_EVENTS: EventSource<TableEvent> = {
  protocol: NETLINK_NETFILTER,
  decode: decodeTableEvent,
};
