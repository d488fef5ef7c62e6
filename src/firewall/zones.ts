import { type Fault, formatPath } from '../config/fault.ts';
import { quote } from '../config/quote.ts';
import { ruleNameFault } from '../config/rule-name.ts';
import type { Configuration } from '../config/schema.ts';
import type { Address } from '../network/address.ts';
import { number, type UplinkNumbers } from '../plan/numbering.ts';

/** An uplink, as a rule set speaks of it. */
export interface WanInterface {
  readonly interface: string;
  /** Its description in quotes, short and on one line: nothing in it ends a comment. */
  readonly label: string;
  /** Of the connections that it carries. */
  readonly mark: number;
  /** That outgoing connections get; absent where it is the interface's present one. */
  readonly address?: Address;
}

/** A network behind the router. */
export interface InnerNetwork {
  readonly zone: 'LAN' | 'DMZ';
  readonly interface: string;
}

/** The router's surroundings, each of which a rule set treats in a way of its own. */
export interface Zones {
  /** In the order of the configuration; at least one. */
  readonly wan: readonly WanInterface[];
  /** The LAN, and the DMZ where there is one. */
  readonly inner: readonly InnerNetwork[];
  /** The bits of marks that are ours. */
  readonly markMask: number;
}

/** The zones of a configuration in which `unfit` finds nothing. */
export function zonesOf(configuration: Configuration): Zones {
  const { uplinks, downlinks } = configuration;
  const { uplinks: numbers, markMask } = number(configuration);
  return {
    wan: uplinks.map(({ interface: name, description, ip }, position) => ({
      interface: name,
      label: quote(description),
      mark: (numbers[position] as UplinkNumbers).mark,
      ...(ip !== undefined && { address: ip }),
    })),
    inner: [
      ...(downlinks.lan === undefined ? [] : [{ zone: 'LAN', interface: downlinks.lan } as const]),
      ...(downlinks.dmz === undefined ? [] : [{ zone: 'DMZ', interface: downlinks.dmz } as const]),
    ],
    markMask,
  };
}

/**
 * What keeps a valid configuration from being turned into firewall rules, without positions: the LAN is
 * unknown, from which the router is administered, or a name is none that both programs take literally.
 */
export function unfit({ uplinks, downlinks: { lan, dmz } }: Configuration): Fault[] {
  const names = [
    ...uplinks.map(({ interface: name }, index) => ({ path: ['uplinks', index, 'interface'], name })),
    { path: ['downlinks', 'lan'], name: lan },
    { path: ['downlinks', 'dmz'], name: dmz },
  ];
  const misread = names.flatMap(({ path, name }) => {
    const message = name && ruleNameFault(name);
    return message ? [{ path: formatPath(path), message }] : [];
  });
  const noLan = { path: 'downlinks.lan', message: 'missing: firewall rules need the interface of the LAN' };
  return [...misread, ...(lan === undefined ? [noLan] : [])];
}
