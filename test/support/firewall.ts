import type { Uplink } from './topology.ts';

/**
 * The connection marks and the address translation that the daemon expects of the router's firewall, as an
 * nftables ruleset: connections from the LAN carry their mark from the second packet on, each uplink marks
 * the new connections that enter or leave by it, and translates what leaves. The uplink at position i has the
 * mark 1 + i.
 */
export function routerFirewall(uplinks: readonly Uplink[], lan: string): string {
  const marking = (direction: 'iifname' | 'oifname') =>
    uplinks.map(({ name }, index) => `${direction} "${name}" ct state new ct mark set ${1 + index}`);
  const translation = uplinks.map(({ name, kind, address }) =>
    kind === 'ppp' ? `oifname "${name}" masquerade` : `oifname "${name}" snat to ${address}`,
  );
  return `
    table ip router {
      chain prerouting {
        type filter hook prerouting priority mangle
        iifname "${lan}" meta mark set ct mark
        ${marking('iifname').join('\n')}
      }
      chain postrouting {
        type filter hook postrouting priority mangle
        ${marking('oifname').join('\n')}
      }
      chain translation {
        type nat hook postrouting priority srcnat
        ${translation.join('\n')}
      }
    }`;
}
