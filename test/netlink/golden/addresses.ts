import type { AddressMessage } from '../../../src/netlink/address.ts';
import type { Golden } from './golden.ts';

export const addresses: readonly Golden<AddressMessage>[] = [
  {
    commands: ['ip addr add 198.18.3.2/24 broadcast + dev eth1 label eth1:x', 'ip -4 addr show dev eth1'],
    payload: [
      '021880000b000000', // struct ifaddrmsg
      '08000100c6120302', // IFA_ADDRESS
      '08000200c6120302', // IFA_LOCAL
      '08000400c61203ff', // IFA_BROADCAST
      '0b000300657468313a780000', // IFA_LABEL
      '0800080080000000', // IFA_FLAGS
      '14000600ffffffffffffffffe4b30400e4b30400', // IFA_CACHEINFO
    ],
    message: {
      flags: 128,
      address: '198.18.3.2',
      local: '198.18.3.2',
      label: 'eth1:x',
      family: 4,
      prefixLength: 24,
      scope: 0,
      index: 11,
    },
  },
  {
    commands: ['ip addr add 198.18.4.2 peer 198.18.4.1 dev eth1', 'ip -4 addr show dev eth1'],
    payload: [
      '022080000b000000', // struct ifaddrmsg
      '08000100c6120401', // IFA_ADDRESS
      '08000200c6120402', // IFA_LOCAL
      '090003006574683100000000', // IFA_LABEL
      '0800080080000000', // IFA_FLAGS
      '14000600ffffffffffffffffe8b30400e8b30400', // IFA_CACHEINFO
    ],
    message: {
      flags: 128,
      address: '198.18.4.1',
      local: '198.18.4.2',
      label: 'eth1',
      family: 4,
      prefixLength: 32,
      scope: 0,
      index: 11,
    },
  },
  {
    commands: ['ip -6 addr add 2001:db8:3::2/64 dev eth1 nodad noprefixroute', 'ip -6 addr show dev eth1'],
    payload: [
      '0a4082000b000000', // struct ifaddrmsg
      '1400010020010db8000300000000000000000002', // IFA_ADDRESS
      '14000600ffffffffffffffffecb30400ecb30400', // IFA_CACHEINFO
      '0800080082020000', // IFA_FLAGS
    ],
    message: { flags: 642, address: '2001:db8:3::2', family: 6, prefixLength: 64, scope: 0, index: 11 },
  },
  {
    commands: ['ip -6 addr add 2001:db8:4::2 peer 2001:db8:4::1 dev eth1 nodad', 'ip -6 addr show dev eth1'],
    payload: [
      '0a8082000b000000', // struct ifaddrmsg
      '1400020020010db8000400000000000000000002', // IFA_LOCAL
      '1400010020010db8000400000000000000000001', // IFA_ADDRESS
      '14000600fffffffffffffffff0b30400f0b30400', // IFA_CACHEINFO
      '0800080082000000', // IFA_FLAGS
    ],
    message: {
      flags: 130,
      local: '2001:db8:4::2',
      address: '2001:db8:4::1',
      family: 6,
      prefixLength: 128,
      scope: 0,
      index: 11,
    },
  },
];
