import type { RouteMessage } from '../../../src/netlink/route.ts';
import type { Golden } from './golden.ts';

export const routes: readonly Golden<RouteMessage>[] = [
  {
    commands: [
      'ip -4 route add table 1001 proto 70 default via 198.18.1.1 dev eth1',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02000000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000500c6120101', // RTA_GATEWAY
      '080004000b000000', // RTA_OIF
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [{ gateway: '198.18.1.1', oif: 11, weight: 1, flags: 0 }],
    },
  },
  {
    commands: [
      'ip -4 route add table 1001 proto 70 default src 198.18.1.2 nexthop via 198.18.1.1 dev eth1 weight 1 nexthop via 198.18.2.1 dev eth2 weight 256',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02000000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000700c6120102', // RTA_PREFSRC
      '24000900', // RTA_MULTIPATH, in which hops is weight - 1
      '100000000b000000', // struct rtnexthop
      '08000500c6120101', // RTA_GATEWAY
      '100000ff15000000', // struct rtnexthop
      '08000500c6120201', // RTA_GATEWAY
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      source: '198.18.1.2',
      nexthops: [
        { gateway: '198.18.1.1', oif: 11, weight: 1, flags: 0 },
        { gateway: '198.18.2.1', oif: 21, weight: 256, flags: 0 },
      ],
    },
  },
  {
    commands: [
      'ip -4 route add table 200 proto 70 198.18.1.0/24 dev eth1 scope link src 198.18.1.2 metric 10',
      'ip -4 route show table 200',
    ],
    payload: [
      '02180000c846fd0100000000', // struct rtmsg
      '08000f00c8000000', // RTA_TABLE
      '08000100c6120100', // RTA_DST
      '080006000a000000', // RTA_PRIORITY
      '08000700c6120102', // RTA_PREFSRC
      '080004000b000000', // RTA_OIF
    ],
    message: {
      family: 4,
      type: 1,
      table: 200,
      destination: { address: '198.18.1.0', length: 24 },
      tos: 0,
      scope: 253,
      protocol: 70,
      flags: 0,
      metric: 10,
      source: '198.18.1.2',
      nexthops: [{ oif: 11, weight: 1, flags: 0 }],
    },
  },
  {
    commands: [
      'ip -4 route add table 1001 proto 70 198.19.0.0/16 via inet6 fe80::1 dev eth1',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02100000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000100c6130000', // RTA_DST
      '160012000a00fe8000000000000000000000000000010000', // RTA_VIA
      '080004000b000000', // RTA_OIF
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      destination: { address: '198.19.0.0', length: 16 },
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [{ gateway: 'fe80::1', oif: 11, weight: 1, flags: 0 }],
    },
  },
  {
    commands: [
      'ip -4 route add table 1001 proto 70 198.19.0.0/16 nexthop via inet6 fe80::1 dev eth1 nexthop dev eth2 weight 3',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02100000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000100c6130000', // RTA_DST
      '2c000900', // RTA_MULTIPATH, in which hops is weight - 1
      '200000000b000000', // struct rtnexthop
      '160012000a00fe8000000000000000000000000000010000', // RTA_VIA
      '0800000215000000', // struct rtnexthop
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      destination: { address: '198.19.0.0', length: 16 },
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [
        { gateway: 'fe80::1', oif: 11, weight: 1, flags: 0 },
        { oif: 21, weight: 3, flags: 0 },
      ],
    },
  },
  {
    commands: [
      'ip link set dev far2 down',
      'ip -4 route add table 1001 proto 70 default nexthop via 198.18.1.1 dev eth1 nexthop via 198.18.2.1 dev eth2',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02000000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '24000900', // RTA_MULTIPATH, in which hops is weight - 1
      '100000000b000000', // struct rtnexthop
      '08000500c6120101', // RTA_GATEWAY
      '1000100015000000', // struct rtnexthop
      '08000500c6120201', // RTA_GATEWAY
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [
        { gateway: '198.18.1.1', oif: 11, weight: 1, flags: 0 },
        { gateway: '198.18.2.1', oif: 21, weight: 1, flags: 16 },
      ],
    },
  },
  {
    commands: [
      'ip -4 route add table 1001 proto 70 198.18.9.1 via 198.18.9.9 dev eth1 onlink mtu 1400',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02200000fc46000104000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000100c6120901', // RTA_DST
      '0c0008000800020078050000', // RTA_METRICS
      '08000500c6120909', // RTA_GATEWAY
      '080004000b000000', // RTA_OIF
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      destination: { address: '198.18.9.1', length: 32 },
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [{ gateway: '198.18.9.9', oif: 11, weight: 1, flags: 4 }],
      others: [
        {
          type: 8,
          value: Uint8Array.of(8, 0, 2, 0, 120, 5, 0, 0),
        },
      ],
    },
  },
  {
    commands: [
      'ip -4 route add table 1001 proto 70 unreachable default metric 4278198272',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02000000fc46000700000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08000600002000ff', // RTA_PRIORITY
    ],
    message: {
      family: 4,
      type: 7,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 4278198272,
      nexthops: [],
    },
  },
  {
    commands: [
      'ip nexthop add id 7 via 198.18.1.1 dev eth1',
      'ip -4 route add table 1001 proto 70 default nhid 7',
      'ip -4 route show table 1001',
    ],
    payload: [
      '02000000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '08001e0007000000', // RTA_NH_ID
      '08000500c6120101', // RTA_GATEWAY
      '080004000b000000', // RTA_OIF
    ],
    message: {
      family: 4,
      type: 1,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 0,
      nexthops: [{ gateway: '198.18.1.1', oif: 11, weight: 1, flags: 0 }],
      nexthopId: 7,
    },
  },
  {
    commands: [
      'ip -6 route add table 1001 proto 70 default via 2001:db8:1::1 dev eth1 src 2001:db8:1::2',
      'ip -6 route show table 1001',
    ],
    payload: [
      '0a000000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '1400070020010db8000100000000000000000002', // RTA_PREFSRC
      '0800060000040000', // RTA_PRIORITY
      '1400050020010db8000100000000000000000001', // RTA_GATEWAY
      '080004000b000000', // RTA_OIF
      '24000c000000000000000000000000000000000000000000000000000000000000000000', // RTA_CACHEINFO
      '0500140000000000', // RTA_PREF
    ],
    message: {
      family: 6,
      type: 1,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 1024,
      source: '2001:db8:1::2',
      nexthops: [{ gateway: '2001:db8:1::1', oif: 11, weight: 1, flags: 0 }],
      others: [
        {
          type: 12,
          value: new Uint8Array(32),
        },
        { type: 20, value: new Uint8Array(1) },
      ],
    },
  },
  {
    commands: [
      'ip -6 route add table 1001 proto 70 2001:db8:f::/48 nexthop via 2001:db8:1::1 dev eth1 weight 2 nexthop via 2001:db8:2::1 dev eth2',
      'ip -6 route show table 1001',
    ],
    payload: [
      '0a300000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '1400010020010db8000f00000000000000000000', // RTA_DST
      '0800060000040000', // RTA_PRIORITY
      '3c000900', // RTA_MULTIPATH, in which hops is weight - 1
      '1c0000010b000000', // struct rtnexthop
      '1400050020010db8000100000000000000000001', // RTA_GATEWAY
      '1c00000015000000', // struct rtnexthop
      '1400050020010db8000200000000000000000001', // RTA_GATEWAY
      '24000c000000000000000000000000000000000000000000000000000000000000000000', // RTA_CACHEINFO
      '0500140000000000', // RTA_PREF
    ],
    message: {
      family: 6,
      type: 1,
      table: 1001,
      destination: { address: '2001:db8:f::', length: 48 },
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 1024,
      nexthops: [
        { gateway: '2001:db8:1::1', oif: 11, weight: 2, flags: 0 },
        { gateway: '2001:db8:2::1', oif: 21, weight: 1, flags: 0 },
      ],
      others: [
        {
          type: 12,
          value: new Uint8Array(32),
        },
        { type: 20, value: new Uint8Array(1) },
      ],
    },
  },
  {
    commands: [
      'ip -6 route add table 1001 proto 70 2001:db8:f::/48 from 2001:db8:1::/48 via 2001:db8:1::1 dev eth1',
      'ip -6 route show table 1001',
    ],
    payload: [
      '0a303000fc46000100000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '1400010020010db8000f00000000000000000000', // RTA_DST
      '1400020020010db8000100000000000000000000', // RTA_SRC
      '0800060000040000', // RTA_PRIORITY
      '1400050020010db8000100000000000000000001', // RTA_GATEWAY
      '080004000b000000', // RTA_OIF
      '24000c000000000000000000000000000000000000000000000000000000000000000000', // RTA_CACHEINFO
      '0500140000000000', // RTA_PREF
    ],
    message: {
      family: 6,
      type: 1,
      table: 1001,
      destination: { address: '2001:db8:f::', length: 48 },
      from: { address: '2001:db8:1::', length: 48 },
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 1024,
      nexthops: [{ gateway: '2001:db8:1::1', oif: 11, weight: 1, flags: 0 }],
      others: [
        {
          type: 12,
          value: new Uint8Array(32),
        },
        { type: 20, value: new Uint8Array(1) },
      ],
    },
  },
  {
    commands: ['ip -6 route add table 1001 proto 70 unreachable default', 'ip -6 route show table 1001'],
    payload: [
      '0a000000fc46000700000000', // struct rtmsg
      '08000f00e9030000', // RTA_TABLE
      '0800060000040000', // RTA_PRIORITY
      '0800040001000000', // RTA_OIF
      '24000c000000000000000000000000000000000000000000000000000000000000000000', // RTA_CACHEINFO
      '0500140000000000', // RTA_PREF
    ],
    message: {
      family: 6,
      type: 7,
      table: 1001,
      tos: 0,
      scope: 0,
      protocol: 70,
      flags: 0,
      metric: 1024,
      nexthops: [{ oif: 1, weight: 1, flags: 0 }],
      others: [
        {
          type: 12,
          value: new Uint8Array(32),
        },
        { type: 20, value: new Uint8Array(1) },
      ],
    },
  },
];
