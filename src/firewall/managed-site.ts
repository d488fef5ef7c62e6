import type { Configuration } from '../config/schema.ts';
import { number, type UplinkNumbers } from '../plan/numbering.ts';
import { parsePrefix } from '../network/prefix.ts';
import type { ManagedSite, ManagedUplink } from './managed.ts';

/** What the managed table has to know of a configuration. */
export function managedSite(configuration: Configuration): ManagedSite {
  const { uplinks: numbers, markMask } = number(configuration);
  return {
    uplinks: configuration.uplinks.map(({ interface: name, ip, ipv6 }, position) => ({
      interface: name,
      mark: (numbers[position] as UplinkNumbers).mark,
      address: ip,
      translate6: translation(ipv6),
    })),
    markMask,
  };
}

function translation(ipv6: Configuration['uplinks'][number]['ipv6']): ManagedUplink['translate6'] {
  if (ipv6?.translate !== 'prefix') return ipv6?.translate === 'masquerade' ? 'masquerade' : undefined;
  const [inside, outside] = [parsePrefix(ipv6.inside_prefix ?? ''), parsePrefix(ipv6.prefix ?? '')];
  return inside && outside && { inside, outside };
}
