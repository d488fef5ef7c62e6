import { SystemError } from '../native/system-error.ts';
import { netlinkRequest } from '../native.ts';
import type { Family } from '../network/address.ts';
import { NetlinkError, systemFailure } from './error.ts';
import { Layout, u32be } from './layout.ts';
import { NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, readError, readMessages, writeMessage } from './message.ts';
import { addressFamily, concatenate } from './struct.ts';
import { NETLINK_NETFILTER } from './transport.ts';

/** NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE; linux/netfilter/nfnetlink_conntrack.h. */
export const CT_DELETE = (1 << 8) | 2;
const CTA_MARK = 8;
const CTA_MARK_MASK = 21;
/** In nfgenmsg: only connections of its family are meant; ctnetlink_del_conntrack() in nf_conntrack_netlink.c. */
const OF_FAMILY = 1;

/** Connections of a family whose mark has these bits under the mask. */
export interface MarkFilter {
  readonly family: Family;
  readonly value: number;
  readonly mask: number;
}

const layout = new Layout<Omit<MarkFilter, 'family'>>({
  value: [CTA_MARK, u32be],
  mask: [CTA_MARK_MASK, u32be],
});

/** The payload of a request to delete connections: struct nfgenmsg and attributes. */
export function encodeMarkFilter({ family, ...mark }: MarkFilter): Uint8Array {
  const header = Uint8Array.of(addressFamily(family), OF_FAMILY, 0, 0);
  return concatenate([header, layout.encode(mark)]);
}

/**
 * Has connection tracking forget connections; the next packet of each makes a new one. The kernel goes through its
 * whole table, in another thread than this one. Rejects with NetlinkError: EPERM without CAP_NET_ADMIN, EINVAL or
 * EPROTONOSUPPORT where the kernel has no conntrack.
 */
export async function deleteConnections(filter: MarkFilter): Promise<void> {
  const operation = 'forget connections';
  const request = { type: CT_DELETE, flags: NLM_F_REQUEST | NLM_F_ACK, sequence: 1, portId: 0 };
  let answer: Uint8Array;
  try {
    answer = await netlinkRequest(
      NETLINK_NETFILTER,
      writeMessage({ ...request, payload: encodeMarkFilter(filter) }),
    );
  } catch (error) {
    if (error instanceof SystemError) throw systemFailure(operation, { errno: error.errno, cause: error });
    throw error;
  }
  const [message] = readMessages(answer);
  if (message?.type !== NLMSG_ERROR) throw new NetlinkError(operation, 'EPROTO', 'no acknowledgement');
  const end = readError(message);
  if (end.errno !== 0) throw systemFailure(operation, end);
}
