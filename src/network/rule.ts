import type { Family } from './address.ts';
import { formatPrefix, type Prefix } from './prefix.ts';

/** What of a routing policy rule matters to us; ip-rule(8), linux/fib_rules.h. */
export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly from?: Prefix;
  readonly mark?: { readonly value: number; readonly mask: number };
  /** Name of the interface that a socket is bound to. */
  readonly oif?: string;
  readonly table: number;
  /**
   * Results of the lookup whose prefix is this long or shorter are rejected: 0 sets the default route of a
   * table aside.
   */
  readonly suppressPrefixLength?: number;
  /** Who made the rule (RTPROT_*). */
  readonly protocol: number;
}

/** As `ip -N rule` prints it, e.g. "40002: from 192.0.2.7 lookup 3 proto 70"; equal text means equal rule. */
export function formatRule(rule: Rule): string {
  const words = [`${rule.priority}:`, 'from', rule.from === undefined ? 'all' : formatPrefix(rule.from)];
  if (rule.mark !== undefined) words.push('fwmark', formatMark(rule.mark));
  if (rule.oif !== undefined) words.push('oif', rule.oif);
  words.push('lookup', String(rule.table));
  if (rule.suppressPrefixLength !== undefined)
    words.push('suppress_prefixlength', String(rule.suppressPrefixLength));
  words.push('proto', String(rule.protocol));
  return words.join(' ');
}

function formatMark({ value, mask }: { value: number; mask: number }): string {
  const hex = `0x${value.toString(16)}`;
  return mask === 0xffff_ffff ? hex : `${hex}/0x${mask.toString(16)}`;
}
