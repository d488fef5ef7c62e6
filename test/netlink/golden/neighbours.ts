import type { NeighbourMessage } from '../../../src/netlink/neighbour.ts';
import type { Golden } from './golden.ts';

export const neighbours: readonly Golden<NeighbourMessage>[] = [
  {
    commands: [
      'ip neigh add 198.18.1.1 lladdr 02:00:00:00:00:01 dev eth1 nud permanent',
      'ip -4 neigh show nud all',
    ],
    payload: [
      '020000000b00000080000001', // struct ndmsg
      '08000100c6120101', // NDA_DST
      '0a0002000200000000010000', // NDA_LLADDR
      '0800040000000000', // NDA_PROBES
      '1400030001000000010000000100000000000000', // NDA_CACHEINFO
    ],
    message: {
      destination: '198.18.1.1',
      linkLayer: '02:00:00:00:00:01',
      family: 4,
      index: 11,
      state: 128,
      flags: 0,
    },
  },
  {
    commands: ['ip neigh add 198.18.1.1 dev eth1 nud failed', 'ip -4 neigh show nud all'],
    payload: [
      '020000000b00000020000001', // struct ndmsg
      '08000100c6120101', // NDA_DST
      '0800040000000000', // NDA_PROBES
      '1400030071170000010000000100000000000000', // NDA_CACHEINFO
    ],
    message: { destination: '198.18.1.1', family: 4, index: 11, state: 32, flags: 0 },
  },
  {
    commands: [
      'ip neigh add 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev eth1 nud permanent',
      'ip -6 neigh show nud all',
    ],
    payload: [
      '0a0000000b00000080000001', // struct ndmsg
      '1400010020010db8000100000000000000000001', // NDA_DST
      '0a0002000200000000010000', // NDA_LLADDR
      '0800040000000000', // NDA_PROBES
      '1400030001000000010000000100000000000000', // NDA_CACHEINFO
    ],
    message: {
      destination: '2001:db8:1::1',
      linkLayer: '02:00:00:00:00:01',
      family: 6,
      index: 11,
      state: 128,
      flags: 0,
    },
  },
];
