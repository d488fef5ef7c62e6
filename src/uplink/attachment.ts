import { type Address, familyOf } from '../network/address.ts';
import type { Link } from '../network/link.ts';

/** What the configuration says of an uplink's link. */
export type LinkSettings =
  | { readonly type: 'static'; readonly interface: string; readonly ip: Address; readonly gateway: Address }
  | { readonly type: 'ppp'; readonly interface: string };

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
 * Reads an uplink's attachment off the machine's interfaces: the addresses of a static uplink are the
 * configuration's, those of a PPP link the kernel's.
 */
export function attach(settings: LinkSettings, links: readonly Link[]): Attachment {
  const name = settings.interface;
  const link = links.find((one) => one.name === name);
  const configured = settings.type === 'static' ? { ip: settings.ip, gateway: settings.gateway } : {};
  if (link === undefined) return { ...configured, routable: false, fault: `there is no interface ${name}` };
  const { index } = link;
  const found =
    settings.type === 'static' ? { ...configured, ...staticFault(settings.ip, links) } : pppAddresses(link);
  if (!link.up) return { index, ...found, routable: false, fault: `interface ${name} is down` };
  const routable = found.fault === undefined;
  if (!link.running) return { index, ...found, routable, fault: `no carrier on ${name}` };
  return { index, ...found, routable };
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
