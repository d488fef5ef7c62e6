import type { RuleMessage } from '../../../src/netlink/rule.ts';
import type { Golden } from './golden.ts';

export const rules: readonly Golden<RuleMessage>[] = [
  {
    commands: ['ip -4 rule add priority 100 from 198.18.1.2 lookup 1001 protocol 70', 'ip -4 rule show'],
    payload: [
      '02002000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
      '08000200c6120102', // FRA_SRC
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      family: 4,
      source: { address: '198.18.1.2', length: 32 },
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: ['ip -4 rule add priority 100 fwmark 0x3/0xff lookup 1003 protocol 70', 'ip -4 rule show'],
    payload: [
      '02000000fc00000100000000', // struct fib_rule_hdr
      '08000f00eb030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
      '08000a0003000000', // FRA_FWMARK
      '08001000ff000000', // FRA_FWMASK
    ],
    message: {
      table: 1003,
      priority: 100,
      protocol: 70,
      mark: 3,
      mask: 255,
      family: 4,
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: ['ip -4 rule add priority 100 oif eth1 lookup 200 protocol 70', 'ip -4 rule show'],
    payload: [
      '02000000c800000100000000', // struct fib_rule_hdr
      '08000f00c8000000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '090011006574683100000000', // FRA_OIFNAME
      '0800060064000000', // FRA_PRIORITY
    ],
    message: {
      table: 200,
      priority: 100,
      protocol: 70,
      oifname: 'eth1',
      family: 4,
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: [
      'ip -4 rule add priority 100 lookup main suppress_prefixlength 0 protocol 70',
      'ip -4 rule show',
    ],
    payload: [
      '02000000fe00000100000000', // struct fib_rule_hdr
      '08000f00fe000000', // FRA_TABLE
      '08000e0000000000', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
    ],
    message: {
      table: 254,
      priority: 100,
      protocol: 70,
      suppressPrefixLength: 0,
      family: 4,
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: [
      'ip -4 rule add priority 100 not from 198.18.0.0/16 to 198.19.0.0/16 tos 0x10 iif eth2 unreachable protocol 3',
      'ip -4 rule show',
    ],
    payload: [
      '021010100000000702000000', // struct fib_rule_hdr
      '08000f0000000000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150003000000', // FRA_PROTOCOL
      '090003006574683200000000', // FRA_IIFNAME
      '0800060064000000', // FRA_PRIORITY
      '08000100c6130000', // FRA_DST
      '08000200c6120000', // FRA_SRC
    ],
    message: {
      table: 0,
      priority: 100,
      protocol: 3,
      iifname: 'eth2',
      family: 4,
      destination: { address: '198.19.0.0', length: 16 },
      source: { address: '198.18.0.0', length: 16 },
      tos: 16,
      action: 7,
      flags: 2,
    },
  },
  {
    commands: ['ip -4 rule add priority 100 oif ppp0 lookup 1001 protocol 70', 'ip -4 rule show'],
    payload: [
      '02000000fc00000110000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '090011007070703000000000', // FRA_OIFNAME
      '0800060064000000', // FRA_PRIORITY
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      oifname: 'ppp0',
      family: 4,
      tos: 0,
      action: 1,
      flags: 16,
    },
  },
  {
    commands: [
      'ip -4 rule add priority 100 ipproto tcp dport 25 uidrange 1000-2000 lookup 1001',
      'ip -4 rule show',
    ],
    payload: [
      '02000000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150000000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
      '0c001400e8030000d0070000', // FRA_UID_RANGE
      '0800180019001900', // FRA_DPORT_RANGE
      '06001d00ffff0000', // FRA_DPORT_MASK
      '0500160006000000', // FRA_IP_PROTO
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 0,
      family: 4,
      tos: 0,
      action: 1,
      flags: 0,
      ipProtocol: 6,
      destinationPorts: { first: 25, last: 25 },
      destinationPortMask: 65_535,
      others: [{ type: 20, value: Uint8Array.of(232, 3, 0, 0, 208, 7, 0, 0) }],
    },
  },
  {
    commands: [
      'ip -4 rule add priority 100 to 198.19.0.0/16 iif eth1 ipproto udp sport 1000-2000 dport 5060 lookup 1001 protocol 70',
      'ip -4 rule show',
    ],
    payload: [
      '02100000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '090003006574683100000000', // FRA_IIFNAME
      '0800060064000000', // FRA_PRIORITY
      '08001700e803d007', // FRA_SPORT_RANGE
      '08001800c413c413', // FRA_DPORT_RANGE
      '06001d00ffff0000', // FRA_DPORT_MASK
      '0500160011000000', // FRA_IP_PROTO
      '08000100c6130000', // FRA_DST
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      iifname: 'eth1',
      sourcePorts: { first: 1000, last: 2000 },
      destinationPorts: { first: 5060, last: 5060 },
      destinationPortMask: 65_535,
      ipProtocol: 17,
      family: 4,
      destination: { address: '198.19.0.0', length: 16 },
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: [
      // What this iproute2 does not know was asked for by the codec itself: FRA_DSCP 46.
      'ip -4 rule add priority 100 ipproto udp sport 5060 lookup 1001 protocol 70',
      'ip -4 rule show',
    ],
    payload: [
      '02000000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
      '08001700c413c413', // FRA_SPORT_RANGE
      '06001c00ffff0000', // FRA_SPORT_MASK
      '0500160011000000', // FRA_IP_PROTO
      '050019002e000000', // FRA_DSCP
      '05001e003f000000', // FRA_DSCP_MASK
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      sourcePorts: { first: 5060, last: 5060 },
      sourcePortMask: 65_535,
      ipProtocol: 17,
      dscp: 46,
      dscpMask: 63,
      family: 4,
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: ['ip -6 rule add priority 100 from 2001:db8:1::/48 lookup 1001 protocol 70', 'ip -6 rule show'],
    payload: [
      '0a003000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '0800060064000000', // FRA_PRIORITY
      '1400020020010db8000100000000000000000000', // FRA_SRC
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      family: 6,
      source: { address: '2001:db8:1::', length: 48 },
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
  {
    commands: [
      'ip -6 rule add priority 100 from 2001:db8:5::/64 to 2001:db8:6::/64 iif eth2 ipproto tcp dport 443 lookup 1001 protocol 70',
      'ip -6 rule show',
    ],
    payload: [
      '0a404000fc00000100000000', // struct fib_rule_hdr
      '08000f00e9030000', // FRA_TABLE
      '08000e00ffffffff', // FRA_SUPPRESS_PREFIXLEN
      '0500150046000000', // FRA_PROTOCOL
      '090003006574683200000000', // FRA_IIFNAME
      '0800060064000000', // FRA_PRIORITY
      '08001800bb01bb01', // FRA_DPORT_RANGE
      '06001d00ffff0000', // FRA_DPORT_MASK
      '0500160006000000', // FRA_IP_PROTO
      '1400010020010db8000600000000000000000000', // FRA_DST
      '1400020020010db8000500000000000000000000', // FRA_SRC
    ],
    message: {
      table: 1001,
      priority: 100,
      protocol: 70,
      iifname: 'eth2',
      destinationPorts: { first: 443, last: 443 },
      destinationPortMask: 65_535,
      ipProtocol: 6,
      family: 6,
      destination: { address: '2001:db8:6::', length: 64 },
      source: { address: '2001:db8:5::', length: 64 },
      tos: 0,
      action: 1,
      flags: 0,
    },
  },
];
