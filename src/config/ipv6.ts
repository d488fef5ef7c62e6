import { parsePrefix } from '../network/prefix.ts';
import type { Contradiction } from './contradiction.ts';
import { neighbourAddress6, ownAddress6 } from './host.ts';
import { choice } from './kind.ts';
import type { Configuration } from './schema.ts';
import { section } from './section.ts';
import type { Partly } from './sound.ts';
import { network6, network6OrAuto } from './traffic.ts';

/** The line for IPv6 of an uplink. */
export const ipv6Section = section({
  ip: ownAddress6()
    .default('auto')
    .meta({
      description:
        'Address of this router on the uplink; `auto`: the first global one that the interface has.',
      examples: ['2001:db8:1::2'],
    }),
  gateway: neighbourAddress6()
    .default('auto')
    .meta({
      description:
        "Address of the provider's router, mostly one of the link (fe80::1); `auto`: that of the default route in the main table, as router advertisements set it.",
      examples: ['fe80::1'],
    }),
  translate: choice('a way to translate', ['masquerade', 'prefix', 'none'])
    .default('masquerade')
    .describe(
      "What a managed firewall makes of addresses of the LAN: `masquerade` gives connections the uplink's own; `prefix` puts `prefix` in the place of `inside_prefix`, in either direction (NPTv6).",
    ),
  prefix: network6OrAuto()
    .optional()
    .meta({
      description:
        'Prefix that the provider routes to this router by this line: what has an address of it leaves by this line, while it is down by none; `auto`: the network, of 64 bits, of its own address on the line, followed when it changes. Needed for `translate: prefix`.',
      examples: ['2001:db8:1::/48'],
    }),
  inside_prefix: network6()
    .optional()
    .meta({
      description: 'Prefix of the same length that the LAN uses, for `translate: prefix`.',
      examples: ['fd00:1::/48'],
    }),
});

/** Of a network in which hosts make addresses themselves; RFC 4862, RFC 4291. */
export const AUTO_LENGTH = 64;

const PREFIXES = ['prefix', 'inside_prefix'] as const;

/** Judges the prefixes of uplinks that translate by them: both are needed, of equal length. */
export function translationContradictions({ uplinks = [] }: Partly<Configuration>): Contradiction[] {
  return uplinks.flatMap((uplink, index): Contradiction[] => {
    const { ipv6 } = uplink ?? {};
    if (ipv6?.translate !== 'prefix') return [];
    const at = (key: string, message: string) => ({ path: ['uplinks', index, 'ipv6', key], message });
    const missing = PREFIXES.filter((key) => ipv6[key] === undefined);
    if (missing.length > 0) return missing.map((key) => at(key, 'missing: needed for translate: prefix'));
    const [outside = AUTO_LENGTH, inside] = PREFIXES.map((key) => parsePrefix(ipv6[key] ?? '')?.length);
    if (outside === inside) return [];
    return [
      at('inside_prefix', `its length is ${inside}, that of the prefix ${outside}; they have to be equal`),
    ];
  });
}
