import type { MarkFilter } from '../../../src/netlink/conntrack.ts';
import type { Golden } from './golden.ts';

/** Requests of conntrack-tools 1.4.7, which `strace -e trace=sendto -e write=3` prints: it lists first what it deletes. */
export const markFilters: readonly Golden<MarkFilter>[] = [
  {
    commands: ['conntrack -D -f ipv4 -m 1/0xff'],
    payload: [
      '02000000', // struct nfgenmsg
      '0800080000000001', // CTA_MARK
      '08001500000000ff', // CTA_MARK_MASK
    ],
    message: { family: 4, value: 1, mask: 0xff },
  },
  {
    commands: ['conntrack -D -f ipv6 -m 0x10001/0xffff0000'],
    payload: [
      '0a000000', // struct nfgenmsg
      '0800080000010001', // CTA_MARK
      '08001500ffff0000', // CTA_MARK_MASK
    ],
    message: { family: 6, value: 0x1_0001, mask: 0xffff_0000 },
  },
];
