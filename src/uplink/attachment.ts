import { type Address, type Family, familyOf } from '../network/address.ts';
import type { DefaultRoute } from '../network/default-route.ts';
import type { Link } from '../network/link.ts';

/** What the configuration says of an uplink's link. */
export type LinkSettings =
  | { readonly type: 'static'; readonly interface: string; readonly ip: Address; readonly gateway: Address }
  | { readonly type: 'ppp'; readonly interface: string }
  | {
      readonly type: 'ipv6';
      readonly interface: string;
      /** Absent: as the interface has it. */
      readonly ip?: Address;
      /** Absent: as a default route of the main table has it. */
      readonly gateway?: Address;
    };

/** How an uplink hangs on its network interface at this moment. */
export interface Attachment {
  /** The interface's index; absent while there is no such interface. */
  readonly index?: number;
  readonly ip?: Address;
  readonly gateway?: Address;
  /** The kernel accepts routes over it: the interface is up and has the addresses that a route needs. */
  readonly routable: boolean;
  /** Why nothing can pass, in words; absent when nothing speaks against it. */
  readonly fault?: string;
}

/**
 * Reads an uplink's attachment off the machine's interfaces and the default routes of its main table: the addresses
 * of a static uplink are the configuration's, those of a PPP link the kernel's, those for IPv6 either.
 */
export function attach(
  settings: LinkSettings,
  links: readonly Link[],
  defaults: readonly DefaultRoute[],
): Attachment {
  const name = settings.interface;
  const link = links.find((one) => one.name === name);
  const configured = settings.type === 'static' ? { ip: settings.ip, gateway: settings.gateway } : {};
  if (link === undefined) return { ...configured, routable: false, fault: `there is no interface ${name}` };
  const { index } = link;
  const found = addresses(settings, link, links, defaults);
  if (!link.up) return { index, ...found, routable: false, fault: `interface ${name} is down` };
  const routable = found.fault === undefined;
  if (!link.running) return { index, ...found, routable, fault: `no carrier on ${name}` };
  return { index, ...found, routable };
}

function addresses(
  settings: LinkSettings,
  link: Link,
  links: readonly Link[],
  defaults: readonly DefaultRoute[],
): Pick<Attachment, 'ip' | 'gateway' | 'fault'> {
  switch (settings.type) {
    case 'static':
      return { ip: settings.ip, gateway: settings.gateway, ...staticFault(settings.ip, links) };
    case 'ppp':
      return pppAddresses(link);
    case 'ipv6':
      return ipv6Addresses(settings, link, links, defaults);
  }
}

/**
 * A provider with a transfer network routes the uplink's address to the router, which may hold it on any of
 * its interfaces.
 */
function staticFault(ip: Address, links: readonly Link[]): { fault?: string } {
  const held = links.some(({ addresses }) => addresses.some(({ address }) => address === ip));
  return held ? {} : { fault: `no interface has the address ${ip}` };
}

function pppAddresses({ name, ...link }: Link): Pick<Attachment, 'ip' | 'gateway' | 'fault'> {
  const addresses = link.addresses.filter(({ address }) => familyOf(address) === 4);
  const [first] = addresses;
  if (first === undefined) return { fault: `${name} has no address` };
  const pointToPoint = addresses.find(({ peer }) => peer !== undefined);
  if (pointToPoint?.peer === undefined)
    return { ip: first.address, fault: `${name} has no peer: it is not a point-to-point link` };
  return { ip: pointToPoint.address, gateway: pointToPoint.peer };
}

function ipv6Addresses(
  settings: LinkSettings & { readonly type: 'ipv6' },
  { name, addresses: all }: Link,
  links: readonly Link[],
  defaults: readonly DefaultRoute[],
): Pick<Attachment, 'ip' | 'gateway' | 'fault'> {
  const own = all.filter(({ address }) => familyOf(address) === 6);
  const lasting = own.find(({ temporary }) => temporary !== true) ?? own[0];
  const ip = settings.ip ?? lasting?.address;
  if (ip === undefined) return { fault: `${name} has no global IPv6 address` };
  const gateway = settings.gateway ?? gatewayOf(name, 6, defaults);
  if (gateway === undefined) return { ip, fault: `the main table has no IPv6 default route over ${name}` };
  return { ip, gateway, ...staticFault(ip, links) };
}

/** That of the best default route over an interface. */
function gatewayOf(name: string, family: Family, defaults: readonly DefaultRoute[]): Address | undefined {
  const routes = defaults.filter((route) => route.family === family && route.device === name);
  return routes.toSorted((a, b) => a.metric - b.metric)[0]?.gateway;
}
