import type { Family } from './address.ts';
import { formatIpProtocol } from './ip-protocol.ts';
import { formatPorts, type PortRange } from './port-range.ts';
import { formatPrefix, type Prefix } from './prefix.ts';

/** Bits of a packet's or a connection's mark. */
export interface Mark {
  readonly value: number;
  readonly mask: number;
}

/** What of a routing policy rule matters to us; ip-rule(8), linux/fib_rules.h. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly from?: Prefix;
  readonly to?: Prefix;
  readonly mark?: Mark;
  /** Name of the interface that a packet comes from; "lo" for this host's own. */
  readonly iif?: string;
  /** Name of the interface that a socket is bound to. */
  readonly oif?: string;
  /** IPPROTO_*. */
  readonly ipProtocol?: number;
  readonly sport?: PortRange;
  readonly dport?: PortRange;
  /** Class of service (RFC 2474), 0 to 63. */
  readonly dscp?: number;
  readonly table: number;
  /**
   * Results of the lookup whose prefix is this long or shorter are rejected: 0 sets the default route of a
   * table aside.
   */
  readonly suppressPrefixLength?: number;
  /** Who made the rule (RTPROT_*). */
  readonly protocol: number;
}

/** Equal for equal rules alone. */
export function ruleKey(rule: Rule): string {
  return `${rule.family} ${formatRule(rule)}`;
}

/** What is done with a packet that a rule is for (FR_ACT_*, linux/fib_rules.h). */
export type RuleAction = 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

/** A rule of whomever, with what ours never ask for. */
export interface PolicyRule extends Rule {
  /** It is for what it does not describe. */
  readonly not: boolean;
  /** 0 is any. */
  readonly tos: number;
  readonly action: RuleAction;
  /** Priority of the rule that "goto" leads to. */
  readonly target?: number;
  /** It asks for still more: a user, a tunnel. */
  readonly more: boolean;
}

/**
 * As `ip -N rule` prints it, but with names of IP protocols, e.g. "40002: from 192.0.2.7 lookup 3 proto 70", and with
 * "..." for what is not known of it; equal text means equal rule within a family.
 */
export function formatRule(rule: Rule & Partial<PolicyRule>): string {
  const words = [`${rule.priority}:`];
  if (rule.not) words.push('not');
  words.push('from', rule.from === undefined ? 'all' : formatPrefix(rule.from));
  if (rule.to !== undefined) words.push('to', formatPrefix(rule.to));
  if (rule.tos) words.push('tos', `0x${rule.tos.toString(16)}`);
  if (rule.mark !== undefined) words.push('fwmark', formatMark(rule.mark));
  if (rule.iif !== undefined) words.push('iif', rule.iif);
  if (rule.oif !== undefined) words.push('oif', rule.oif);
  if (rule.ipProtocol !== undefined) words.push('ipproto', formatIpProtocol(rule.ipProtocol));
  if (rule.sport !== undefined) words.push('sport', formatPorts(rule.sport));
  if (rule.dport !== undefined) words.push('dport', formatPorts(rule.dport));
  if (rule.dscp !== undefined) words.push('dscp', String(rule.dscp));
  if (rule.more) words.push('...');
  words.push(...formatAction(rule));
  if (rule.suppressPrefixLength !== undefined)
    words.push('suppress_prefixlength', String(rule.suppressPrefixLength));
  words.push('proto', String(rule.protocol));
  return words.join(' ');
}

function formatAction({ action = 'lookup', table, target }: Rule & Partial<PolicyRule>): string[] {
  if (action === 'lookup') return ['lookup', String(table)];
  return action === 'goto' ? ['goto', String(target)] : [action];
}

function formatMark({ value, mask }: Mark): string {
  const hex = `0x${value.toString(16)}`;
  return mask === 0xffff_ffff ? hex : `${hex}/0x${mask.toString(16)}`;
}
