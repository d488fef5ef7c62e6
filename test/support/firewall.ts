import { WHOLE_MARK } from '../../src/plan/numbering.ts';
import { nftablesRules } from '../../src/firewall/nftables.ts';
import type { Uplink } from './topology.ts';

/** The rule set that the program generates for a router with these uplinks; the one at position i has the mark 1 + i. */
export function routerFirewall(uplinks: readonly Uplink[], lan: string): string {
  return nftablesRules({
    wan: uplinks.map(({ name, kind, address }, position) => ({
      interface: name,
      label: name,
      mark: 1 + position,
      ...(kind === 'ethernet' && { address }),
    })),
    inner: [{ zone: 'LAN', interface: lan }],
    markMask: WHOLE_MARK,
  });
}
