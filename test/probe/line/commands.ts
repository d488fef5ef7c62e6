import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { family } from './addresses.ts';

/** Runs one `ip` command here, of the family that is tested; what it prints. */
export function ip(command: string): string {
  return execFileSync('ip', [`-${family}`, ...command.split(' ')], { encoding: 'utf8' });
}

/** Loads nftables commands; what they print. */
export function nft(commands: string): string {
  return execFileSync('nft', ['-f', '-'], { input: commands, encoding: 'utf8' });
}

/** Neighbours say who they are by packets of their own in IPv4, by ICMPv6 in IPv6. */
const DROPPED = {
  4: { packets: ['ip', ''], neighbours: ['arp', ''] },
  6: {
    packets: ['ip6', 'meta l4proto != ipv6-icmp'],
    neighbours: ['ip6', 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }'],
  },
} as const;

/** Drops what comes in by the first line until the test is over: packets, or what the neighbours say of themselves. */
export function cut(t: TestContext, what: 'packets' | 'neighbours'): void {
  const [protocol, condition] = DROPPED[family][what];
  const table = `table ${protocol} cut_${what}`;
  nft(`${table} {\nchain input {\ntype filter hook input priority 0\niifname "eth1" ${condition} drop\n}\n}`);
  t.after(() => nft(`delete ${table}`));
}
