import type { Configuration } from '../config/schema.ts';
import { number, type UplinkNumbers } from '../plan/numbering.ts';
import type { ManagedSite } from './managed.ts';

/** What the managed table has to know of a configuration. */
export function managedSite(configuration: Configuration): ManagedSite {
  const { uplinks: numbers, markMask } = number(configuration);
  return {
    uplinks: configuration.uplinks.map(({ interface: name, ip, ipv6 }, position) => ({
      interface: name,
      mark: (numbers[position] as UplinkNumbers).mark,
      address: ip,
      translate6: ipv6?.translate === 'masquerade' ? 'masquerade' : undefined,
    })),
    markMask,
  };
}
