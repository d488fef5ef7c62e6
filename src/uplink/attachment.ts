import type { Family } from '../network/address.ts';
import type { DefaultRoute } from '../network/default-route.ts';
import { hasOnLink, type Link } from '../network/link.ts';
import {
  autoEnds,
  dhcpEnds,
  type Ends,
  type Ipv6Settings,
  ipv6Ends,
  pppEnds,
  statedEnds,
  staticEnds,
  type StaticSettings,
} from './addressing.ts';

/** What the configuration says of an uplink's link. */
export type LinkSettings =
  | ({ readonly type: 'static'; readonly interface: string } & StaticSettings)
  | { readonly type: 'ppp' | 'dhcp' | 'auto'; readonly interface: string }
  | ({ readonly type: 'ipv6'; readonly interface: string } & Ipv6Settings);

/** It finds its gateway in a default route of the table `main`: of which family, or none when it does not. */
export function followedFamily(settings: LinkSettings): Family | undefined {
  const { type } = settings;
  if (type === 'ipv6') return settings.gateway === undefined ? 6 : undefined;
  return type === 'dhcp' || type === 'auto' ? 4 : undefined;
}

/** How an uplink hangs on its network interface at this moment. */
export interface Attachment extends Ends {
  /** The interface's index; absent while there is no such interface. */
  readonly index?: number;
  /** The gateway is on the link although no address of the interface says so. */
  readonly onlink?: boolean;
  /** The kernel accepts routes over it: the interface is up and has the addresses that a route needs. */
  readonly routable: boolean;
}

/**
 * Reads an uplink's attachment off the machine's interfaces and the default routes of the table `main`: the addresses
 * of a static uplink are the configuration's, those of others the kernel's, those for IPv6 either. `before`: what it was last.
 */
export function attach(
  settings: LinkSettings,
  links: readonly Link[],
  defaults: readonly DefaultRoute[],
  before?: Attachment,
): Attachment {
  const name = settings.interface;
  const link = links.find((one) => one.name === name);
  if (link === undefined) {
    const configured = settings.type === 'static' ? statedEnds(settings) : {};
    return { ...configured, routable: false, fault: `there is no interface ${name}` };
  }
  const { index, up, running } = link;
  const ends = endsOf(settings, link, { links, defaults, before });
  const { gateway } = ends;
  const onlink = gateway !== undefined && ends.fault === undefined && !hasOnLink(link, gateway);
  const fault = up ? (running ? ends.fault : `no carrier on ${name}`) : `interface ${name} is down`;
  return {
    index,
    ...ends,
    ...(onlink && { onlink }),
    routable: up && ends.fault === undefined,
    ...(fault !== undefined && { fault }),
  };
}

interface Surroundings {
  readonly links: readonly Link[];
  readonly defaults: readonly DefaultRoute[];
  readonly before: Ends | undefined;
}

function endsOf(settings: LinkSettings, link: Link, { links, defaults, before }: Surroundings): Ends {
  switch (settings.type) {
    case 'static':
      return staticEnds(settings, link, links);
    case 'ppp':
      return pppEnds(link);
    case 'dhcp':
      return dhcpEnds(link, defaults, before);
    case 'auto':
      return autoEnds(link, defaults, before);
    case 'ipv6':
      return ipv6Ends(settings, link, { links, defaults });
  }
}
