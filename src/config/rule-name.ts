import { quote } from './quote.ts';

/**
 * What keeps the name of an interface from standing in firewall rules, in words; undefined: nothing. Every program takes
 * these letters literally: to iptables "eth+" are all interfaces that begin with eth, to nft "eth*".
 */
export function ruleNameFault(name: string): string | undefined {
  return /^[\w.@-]+$/.test(name)
    ? undefined
    : `${quote(name)} cannot stand in firewall rules; allowed: letters, digits and ".", "_", "-", "@"`;
}
