import { type Address, type Family, familyOf } from '../network/address.ts';
import type { DefaultRoute } from '../network/default-route.ts';
import type { Link, LinkAddress } from '../network/link.ts';
import { masked, type Prefix } from '../network/prefix.ts';

/** The addresses of a line at its two ends. */
export interface Ends {
  readonly ip?: Address;
  /** Absent, too, where there is nobody in particular at the other end. */
  readonly gateway?: Address;
  /** Of IPv6: the network of the address on the link. */
  readonly network?: Prefix;
  /** Why nothing can pass, in words; absent when nothing speaks against it. */
  readonly fault?: string;
}

/** What the configuration says of a line whose addresses are fixed. */
export interface StaticSettings {
  readonly ip: Address;
  readonly gateway?: Address | undefined;
}

/** Both ends as the configuration says, whether there is such a link or not. */
export function statedEnds({ ip, gateway }: StaticSettings): Ends {
  return { ip, ...(gateway !== undefined && { gateway }) };
}

/** The same on a link. */
export function staticEnds(settings: StaticSettings, { name, direct }: Link, links: readonly Link[]): Ends {
  const fault =
    settings.gateway === undefined && !direct
      ? { fault: `${name} needs a gateway: it is not a point-to-point link` }
      : {};
  return { ...statedEnds(settings), ...fault, ...absence(settings.ip, links) };
}

/** Both ends of a PPP link, from the interface. */
export function pppEnds(link: Link): Ends {
  const addresses = addressesOf(link, 4);
  const [first] = addresses;
  if (first === undefined) return { fault: `${link.name} has no address` };
  const pointToPoint = addresses.find(({ peer }) => peer !== undefined);
  if (pointToPoint?.peer === undefined)
    return { ip: first.address, fault: `${link.name} has no peer: it is not a point-to-point link` };
  return { ip: pointToPoint.address, gateway: pointToPoint.peer };
}

/**
 * Both ends as somebody else, a DHCP client for instance, has set them: the address of the interface, and the gateway
 * of the best default route over it. `before`: where they were last. DHCP clients take the route away with each
 * renewal and add it again: as long as its address stands a line keeps its gateway, and whether it works is for probes
 * to say.
 */
export function dhcpEnds(link: Link, defaults: readonly DefaultRoute[], before: Ends = {}): Ends {
  const addresses = addressesOf(link, 4).filter(({ discouraged }) => !discouraged);
  const held = (ip: Address | undefined) => addresses.find(({ address }) => address === ip);
  const route = bestRoute(link, 4, defaults);
  const { gateway: known } = before;
  const last = held(before.ip);
  if (route === undefined && last !== undefined && known !== undefined)
    return { ip: last.address, gateway: known };
  const ip = (held(route?.source) ?? addresses[0])?.address;
  if (ip === undefined) return { fault: `${link.name} has no address` };
  if (route === undefined)
    return { ip, fault: `the main table has no default route over ${link.name}, as a DHCP client sets it` };
  return { ip, ...(route.gateway !== undefined && { gateway: route.gateway }) };
}

/** The same; where nobody has set a route, the peer is the gateway, and a link without neighbours needs none. */
export function autoEnds(link: Link, defaults: readonly DefaultRoute[], before?: Ends): Ends {
  const { ip, gateway } = dhcpEnds(link, defaults);
  const peer = link.addresses.find(({ address }) => address === ip)?.peer;
  if (ip !== undefined && gateway === undefined && (peer !== undefined || link.direct))
    return statedEnds({ ip, gateway: peer });
  return dhcpEnds(link, defaults, before);
}

/** What the configuration says of a line for IPv6. */
export interface Ipv6Settings {
  /** Absent: as the interface has it. */
  readonly ip?: Address;
  /** Absent: as a default route of the main table has it. */
  readonly gateway?: Address;
}

/** Both ends of a line for IPv6; where router advertisements set them, they take them back, too. */
export function ipv6Ends(
  settings: Ipv6Settings,
  link: Link,
  { links, defaults }: { readonly links: readonly Link[]; readonly defaults: readonly DefaultRoute[] },
): Ends {
  const addresses = addressesOf(link, 6);
  const lasting = addresses.find(({ temporary }) => !temporary) ?? addresses[0];
  const ip = settings.ip ?? lasting?.address;
  if (ip === undefined) return { fault: `${link.name} has no global IPv6 address` };
  const route = bestRoute(link, 6, defaults);
  const gateway = settings.gateway ?? route?.gateway;
  if (gateway === undefined && route === undefined && !link.direct)
    return { ip, fault: `the main table has no IPv6 default route over ${link.name}` };
  const held = addresses.find(({ address }) => address === ip);
  const network = held && masked({ address: ip, length: held.prefixLength });
  return { ...statedEnds({ ip, gateway }), ...(network && { network }), ...absence(ip, links) };
}

/**
 * A provider with a transfer network routes the uplink's address to the router, which may hold it on any of its
 * interfaces.
 */
function absence(ip: Address, links: readonly Link[]): { fault?: string } {
  const held = links.some(({ addresses }) => addresses.some(({ address }) => address === ip));
  return held ? {} : { fault: `no interface has the address ${ip}` };
}

function addressesOf({ addresses }: Link, family: Family): LinkAddress[] {
  return addresses.filter(({ address }) => familyOf(address) === family);
}

/** The one that wins of those over a link. */
function bestRoute(
  { name }: Link,
  family: Family,
  defaults: readonly DefaultRoute[],
): DefaultRoute | undefined {
  return defaults
    .filter((route) => route.family === family && route.device === name)
    .toSorted((a, b) => a.metric - b.metric)[0];
}
