import type { Address } from '../network/address.ts';
import { formatPrefix, type Prefix } from '../network/prefix.ts';
import { connectionMark, hex, setMark, withoutMark } from './mark.ts';
import { LEARN, STICK, type StickyPolicy, stickyChains, stickySets } from './sticky.ts';

/** The name of the managed table, of the family inet. */
export const TABLE = 'fault_tolerant_router';

/** Two prefixes of equal length, of which one stands for the other at an uplink (NPTv6, RFC 6296). */
export interface PrefixPair {
  readonly inside: Prefix;
  readonly outside: Prefix;
}

/** An uplink, as the managed table speaks of it. */
export interface ManagedUplink {
  readonly interface: string;
  /** Of the connections that it carries. */
  readonly mark: number;
  /** That IPv4 connections get; absent: the interface's present one. */
  readonly address?: Address | undefined;
  /** What becomes of the source of IPv6 connections; absent: it stays. */
  readonly translate6?: 'masquerade' | PrefixPair | undefined;
}

export interface ManagedSite {
  /** At least one. */
  readonly uplinks: readonly ManagedUplink[];
  /** The bits of marks that are ours. */
  readonly markMask: number;
  /** In the order in which the first that fits decides. */
  readonly policies: readonly StickyPolicy[];
}

/**
 * The nftables table that the daemon owns, for both families, letter by letter as nft(8) 1.0.6 lists it on a machine of
 * little endian, so that what stands and what is wanted can be compared: connections keep their uplink by their mark,
 * and get its address. It filters nothing. Pure.
 */
export function managedTable({ uplinks, markMask, policies }: ManagedSite): string {
  const known = uplinks.toSorted((a, b) => compareNames(a.interface, b.interface));
  const translations = sources(known);
  const destinations = known.flatMap(arrival);
  const sticky = stickyChains(policies).map(([name, statements]) => chain(name, statements));
  return `table inet ${TABLE} {
${[
  ...stickySets(policies),
  ...uplinks.flatMap(({ mark: value }) => [
    chain(`lead_${value}`, [setMark('meta', { value, mask: markMask })]),
    chain(`keep_${value}`, [setMark('ct', { value, mask: markMask })]),
  ]),
  ...sticky,
  ...marking(known, markMask, sticky.length > 0),
  // Behind everybody else's translation: who wants another address for a connection gets it.
  ...(destinations.length === 0
    ? []
    : [chain('translate_destination', [hook('nat', 'prerouting', 'dstnat + 10'), ...destinations])]),
  chain('translate_source', [hook('nat', 'postrouting', 'srcnat + 10'), ...translations]),
].join('\n\n')}
}
`;
}

function marking(uplinks: readonly ManagedUplink[], mask: number, sticky: boolean): string[] {
  const marks = uplinks.map(({ mark }) => mark).toSorted((a, b) => a - b);
  const lead = `${connectionMark(mask)} vmap { ${marks.map((mark) => `${hex(mark)} : jump lead_${mark}`).join(', ')} }`;
  const keep = `vmap { ${uplinks.map(({ interface: name, mark }) => `"${name}" : jump keep_${mark}`).join(', ')} }`;
  const inside = `iifname != ${anyOf(uplinks)}`;
  return [
    chain('mark_incoming', [
      hook('filter', 'prerouting', 'mangle + 10'),
      // What comes from inside, by whatever interface, goes where its connection goes.
      `${inside} ${lead}`,
      `ct state new iifname ${keep}`,
      // Unless an administrator has chosen for it.
      ...(sticky ? [`${inside} ct state new ${withoutMark(mask)} jump ${STICK}`] : []),
    ]),
    chain('mark_own', [
      hook('route', 'output', 'mangle + 10'),
      // Answers of this router, whichever of its addresses was asked.
      `ct state established ct direction reply ${lead}`,
    ]),
    chain('mark_outgoing', [
      hook('filter', 'postrouting', 'mangle + 10'),
      `ct state new oifname ${keep}`,
      ...(sticky ? [`ct state new oifname ${anyOf(uplinks)} jump ${LEARN}`] : []),
    ]),
  ];
}

function sources(uplinks: readonly ManagedUplink[]): string[] {
  const fixed = uplinks.filter(({ address }) => address !== undefined);
  const changing = uplinks.filter(({ address }) => address === undefined);
  const masqueraded = uplinks.filter(({ translate6 }) => translate6 === 'masquerade');
  const addresses = fixed.map(({ interface: name, address }) => `"${name}" : ${address}`).join(', ');
  return [
    ...(fixed.length === 0 ? [] : [`meta nfproto ipv4 snat ip to oifname map { ${addresses} }`]),
    ...(changing.length === 0 ? [] : [`meta nfproto ipv4 oifname ${anyOf(changing)} masquerade`]),
    // Not what is of the link alone, such as the questions of a DHCP client.
    ...(masqueraded.length === 0 ? [] : [`oifname ${anyOf(masqueraded)} ip6 saddr != fe80::/10 masquerade`]),
    ...uplinks.flatMap(({ interface: name, translate6 }) =>
      typeof translate6 === 'object'
        ? [
            `oifname "${name}" ip6 saddr ${formatPrefix(translate6.inside)} snat ip6 prefix to ${formatPrefix(translate6.outside)}`,
          ]
        : [],
    ),
  ];
}

/** Who asks for the prefix of an uplink from outside means that of inside. */
function arrival({ interface: name, translate6 }: ManagedUplink): string[] {
  if (typeof translate6 !== 'object') return [];
  const { inside, outside } = translate6;
  return [`iifname "${name}" ip6 daddr ${formatPrefix(outside)} dnat ip6 prefix to ${formatPrefix(inside)}`];
}

function hook(type: 'filter' | 'route' | 'nat', name: string, priority: string): string {
  return `type ${type} hook ${name} priority ${priority}; policy accept;`;
}

function chain(name: string, statements: readonly string[]): string {
  return `\tchain ${name} {\n${statements.map((statement) => `\t\t${statement}\n`).join('')}\t}`;
}

function anyOf(uplinks: readonly ManagedUplink[]): string {
  const names = uplinks.map(({ interface: name }) => `"${name}"`);
  return names.length === 1 ? (names[0] as string) : `{ ${names.join(', ')} }`;
}

/** nft sorts names of interfaces as numbers of little endian, of which the last letter counts most. */
function compareNames(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  const [first, second] = [a, b].map((name) => name.split('').toReversed().join('')) as [string, string];
  return first < second ? -1 : Number(first > second);
}
