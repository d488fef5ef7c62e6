import type { Kernel, Packet } from '../kernel/kernel.ts';
import { FAMILIES, type Family } from '../network/address.ts';
import type { Nexthop } from '../network/route.ts';
import { FIRST_METRIC } from '../plan/default-route.ts';
import { balancedBy } from '../plan/hash.ts';
import { PROTOCOL } from '../plan/numbering.ts';
import { type Clients, hasHosts, randomConnections } from './random-connections.ts';

/** How connections would spread over the uplinks at this moment. */
export interface Balance {
  readonly version: 1;
  /** One for each family that has a balancing route. */
  readonly families: readonly FamilyBalance[];
}

export interface FamilyBalance {
  readonly family: Family;
  /** Of all that were tried. */
  readonly connections: number;
  /** The interface that they come from; null: this host. */
  readonly in: string | null;
  /** What keeps to one uplink; "other": the kernel is told to look at something else. */
  readonly by: 'address' | 'connection' | 'other';
  readonly uplinks: readonly {
    readonly interface: string;
    readonly weight: number;
    /** Share of all weights, from 0 to 1. */
    readonly expected: number;
    readonly connections: number;
  }[];
  /** Connections that a policy, or a rule or route of somebody else, leads past the balancing route. */
  readonly elsewhere: number;
  /** Those that the kernel refuses. */
  readonly refused: number;
}

/** The same connections each time, so that two answers can be compared. */
const SEED = 1;

/**
 * Asks the kernel for the way of `count` connections of each family that has a balancing route in `table`: from hosts
 * behind `lan`, or from this one where that is absent, or has no network.
 */
export function balance(kernel: Kernel, table: number, lan: string | undefined, count: number): Balance {
  const families = FAMILIES.flatMap((family): FamilyBalance[] => {
    const nexthops = balancingNexthops(kernel, table, family);
    if (nexthops.length === 0) return [];
    const clients = clientsOf(kernel, lan, family);
    const ways = randomConnections(family, clients, count, SEED).map((packet) => wayOf(kernel, packet));
    const led = ways.filter((way) => way !== undefined);
    const balanced = led.filter((way) => way.table === table);
    const total = nexthops.reduce((sum, { weight }) => sum + weight, 0);
    return [
      {
        family,
        connections: count,
        in: clients?.interface ?? null,
        by: balancedBy(family, (name) => kernel.sysctl(name)),
        uplinks: nexthops.map(({ device, weight }) => ({
          interface: device,
          weight,
          expected: weight / total,
          connections: balanced.filter((way) => way.device === device).length,
        })),
        elsewhere: led.length - balanced.length,
        refused: ways.length - led.length,
      },
    ];
  });
  return { version: 1, families };
}

/** The ways of the route itself, not of its reserves, that are not passed over. */
function balancingNexthops(kernel: Kernel, table: number, family: Family): Nexthop[] {
  const route = kernel
    .routes(table, family)
    .find(({ metric, protocol }) => metric === FIRST_METRIC[family] && protocol === PROTOCOL);
  const alive = route?.nexthops.filter(({ dead }) => !dead) ?? [];
  // A weight says nothing where there is no choice.
  return alive.length === 1 ? alive.map((hop) => ({ ...hop, weight: 1 })) : alive;
}

function clientsOf(kernel: Kernel, lan: string | undefined, family: Family): Clients | undefined {
  const link = kernel.links().find(({ name }) => name === lan);
  const prefixes = (link?.addresses ?? []).map(({ address, prefixLength: length }) => ({ address, length }));
  const prefix = prefixes.find((one) => one.address.includes(':') === (family === 6) && hasHosts(one));
  return link && prefix && { interface: link.name, prefix };
}

/** What the kernel says to a packet that it refuses; lookup.ts has the reasons. */
const REFUSALS = ['ENETUNREACH', 'EHOSTUNREACH', 'EACCES', 'EINVAL'];

/** The table that decides about a packet, and the interface by which it leaves; undefined when it is refused. */
function wayOf(kernel: Kernel, packet: Packet): { table: number; device: string | undefined } | undefined {
  try {
    const { table, nexthops } = kernel.route(packet);
    return { table, device: nexthops[0]?.device };
  } catch (error) {
    if (REFUSALS.includes((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}
