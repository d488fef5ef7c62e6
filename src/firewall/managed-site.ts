import type { Configuration } from '../config/schema.ts';
import { parsePrefix, type Prefix } from '../network/prefix.ts';
import type { PlannedUplink } from '../plan/default-route.ts';
import { number, type UplinkNumbers } from '../plan/numbering.ts';
import type { Policy } from '../plan/policy.ts';
import type { ManagedSite, ManagedUplink } from './managed.ts';
import type { StickyPolicy } from './sticky.ts';

/** What the managed table has to know of a configuration, its policies, and the lines as they stand. */
export function managedSite(
  configuration: Configuration,
  policies: readonly Policy[],
  lines: readonly PlannedUplink[],
): ManagedSite {
  const { uplinks: numbers, markMask } = number(configuration);
  const mark = (position: number) => (numbers[position] as UplinkNumbers).mark;
  return {
    uplinks: configuration.uplinks.map(({ interface: name, ip, ipv6 }, position) => ({
      interface: name,
      mark: mark(position),
      address: ip,
      translate6: translation(
        ipv6,
        lines.find((line) => line.position === position && line.family === 6)?.prefix,
      ),
    })),
    markMask,
    policies: policies.map(({ matches, use }, place): StickyPolicy => {
      const time = configuration.policies?.[place]?.sticky;
      if (time === undefined || use === undefined) return { matches };
      const uplinks = [...use.weights.keys()].map((position) => ({
        interface: (configuration.uplinks[position] as { interface: string }).interface,
        mark: mark(position),
        works: lines
          .filter((line) => line.position === position && line.fitness === 'good' && line.attachment.routable)
          .map(({ family }) => family),
      }));
      return { matches, sticky: { time: Math.ceil(time), uplinks } };
    }),
  };
}

/** `outside`: the prefix of the line as it stands; without one nothing is translated. */
function translation(
  ipv6: Configuration['uplinks'][number]['ipv6'],
  outside: Prefix | undefined,
): ManagedUplink['translate6'] {
  if (ipv6?.translate !== 'prefix') return ipv6?.translate === 'masquerade' ? 'masquerade' : undefined;
  const inside = parsePrefix(ipv6.inside_prefix ?? '');
  return inside && outside && { inside, outside };
}
