import type { Address, Family } from './address.ts';
import type { Route } from './route.ts';

/** The way that somebody, a DHCP client or a router advertisement, has set for all that has no better. */
export interface DefaultRoute {
  readonly family: Family;
  /** Name of the interface. */
  readonly device: string;
  /** Absent: everybody is asked for directly. */
  readonly gateway?: Address;
  /** Lower wins. */
  readonly metric: number;
  /** Preferred source address. */
  readonly source?: Address;
}

/** The default routes over a device that are among the routes of a table; the one that wins comes first. */
export function defaultRoutes(device: string, routes: readonly Route[]): DefaultRoute[] {
  const found = routes.flatMap(({ family, type, destination, metric, source, nexthops }) => {
    if (type !== 'unicast' || destination !== undefined) return [];
    return nexthops
      .filter((nexthop) => nexthop.device === device)
      .map(({ gateway }): DefaultRoute => {
        return { family, device, ...(gateway && { gateway }), metric, ...(source && { source }) };
      });
  });
  return found.toSorted((a, b) => a.metric - b.metric);
}
