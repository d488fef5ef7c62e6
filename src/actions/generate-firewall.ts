import { ConfigurationError } from '../config/fault.ts';
import { loadConfiguration } from '../config/load.ts';
import { iptablesRules } from '../firewall/iptables.ts';
import { nftablesRules } from '../firewall/nftables.ts';
import { unfit, type Zones, zonesOf } from '../firewall/zones.ts';
import type { Action } from './action.ts';

/** Prints firewall rules for iptables-restore(8). */
export const generateIptables = printing(iptablesRules);

/** Prints firewall rules for nft(8). */
export const generateNftables = printing(nftablesRules);

function printing(rules: (zones: Zones) => string): Action {
  return ({ file }) => {
    const configuration = loadConfiguration(file);
    const faults = unfit(configuration);
    if (faults.length > 0) throw new ConfigurationError(file, faults);
    process.stdout.write(rules(zonesOf(configuration)));
    return 0;
  };
}
