import { NetlinkError } from '../netlink/error.ts';
import type { RtNetlink } from '../netlink/rtnetlink.ts';
import { FR_ACT_NOP } from '../netlink/rule.ts';

/** One more than there are classes of service. */
const NO_CLASS = 64;

/**
 * Whether the kernel's rules know the class of service (FRA_DSCP, since Linux 6.13). Older ones pass over what they
 * do not know, and a rule for one class would be for everything. Nothing is changed: what is to be deleted cannot
 * exist, and says why only where the kernel reads it.
 */
export function knowsServiceClass(netlink: Pick<RtNetlink, 'deleteRule'>): boolean {
  const rule = { family: 4, priority: 0xffff_ffff, action: FR_ACT_NOP, tos: 0, table: 0, flags: 0 } as const;
  try {
    netlink.deleteRule({ ...rule, protocol: 0xff, dscp: NO_CLASS });
    return false;
  } catch (error) {
    if (error instanceof NetlinkError && ['ERANGE', 'EINVAL'].includes(error.code)) return true;
    if (error instanceof NetlinkError && error.code === 'ENOENT') return false;
    throw error;
  }
}
