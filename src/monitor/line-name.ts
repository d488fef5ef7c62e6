import type { Family } from '../network/address.ts';
import type { UplinkName } from './event.ts';

/*
 * How the lines of an uplink are called: that for IPv4 as the uplink itself, that for IPv6 with this behind it. A
 * blank is in no interface's name, so that names made of them are unlike each other.
 */
const IPV6 = ' IPv6';

/** The one name of a line for the program: "eth1", "eth1 IPv6". */
export function lineName({ interface: device, family }: Pick<UplinkName, 'interface' | 'family'>): string {
  return family === 4 ? device : device + IPV6;
}

/** A line's description for people: "Fibre", "Fibre IPv6". */
export function lineTitle(description: string, family: Family): string {
  return family === 4 ? description : description + IPV6;
}

/** What people may call a line: as its uplink, by description or interface, also with the family behind it. */
export function callNames({ interface: device, family, description }: UplinkName): string[] {
  const uplink = family === 4 ? description : description.slice(0, -IPV6.length);
  return [uplink, device].flatMap((name) => [name, `${name} IPv${family}`]);
}
