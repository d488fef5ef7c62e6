import type { Address } from '../../src/network/address.ts';

/** What a test says of an uplink; by default an Ethernet with a subnet of its own. */
export interface UplinkOptions {
  /** Name of the interface, in the router and at the provider. */
  readonly name: string;
  /** A PPP link stands only while its program runs, and has a peer in place of a gateway. */
  readonly kind?: 'ethernet' | 'ppp';
  /** The router's address; by default 198.18.(10 + position).2. */
  readonly address?: Address;
  /** The provider's address, two uplinks may have the same; by default 198.18.(10 + position).1. */
  readonly gateway?: Address;
}

export type Uplink = Required<UplinkOptions>;

/** Fixed names and addresses; everything lies in 198.18.0.0/15, RFC 2544. */
export const lan = {
  interface: 'eth0',
  router: '198.18.0.1',
  client: '198.18.0.2',
  prefix: '198.18.0.0/24',
} as const;
const core = { interface: 'core', provider: '198.19.255.1', core: '198.19.255.2' } as const;

/** Addresses in the core of the internet that answer: what the daemon probes and what clients connect to. */
export const targets: readonly Address[] = [1, 2, 3, 4, 5, 6].map((host) => `198.19.0.${host}`);

/** The options with the defaults filled in; throws RangeError for more than 90 uplinks. */
export function completeUplinks(options: readonly UplinkOptions[]): Uplink[] {
  if (options.length > 90) throw new RangeError('the addresses are enough for 90 uplinks');
  return options.map((option, position) => ({
    kind: 'ethernet',
    address: `198.18.${10 + position}.2`,
    gateway: `198.18.${10 + position}.1`,
    ...option,
  }));
}

/** The `ip` commands that make the cable of an Ethernet uplink, both ends still down. */
export function cable(uplink: Uplink, router: string, provider: string): string {
  return veth(uplink.name, router, uplink.name, provider);
}

/** The `ip` commands that make every link of the internet but those of PPP. */
export function links(
  uplinks: readonly Uplink[],
  name: Record<'client' | 'router' | 'provider' | 'core', string>,
): string[] {
  return [
    offset(name.provider),
    veth(lan.interface, name.client, lan.interface, name.router),
    veth(core.interface, name.provider, core.interface, name.core),
    ...uplinks
      .filter(({ kind }) => kind === 'ethernet')
      .map((uplink) => cable(uplink, name.router, name.provider)),
  ];
}

export function clientSetup(): string[] {
  return [...end(lan.interface, `${lan.client}/24`), `route add default via ${lan.router}`];
}

/** The router has addresses and nothing more: settings and routes to the internet are the daemon's. */
export function routerSetup(uplinks: readonly Uplink[]): string[] {
  return [
    ...end(lan.interface, `${lan.router}/24`),
    ...uplinks.filter(({ kind }) => kind === 'ethernet').flatMap(routerEnd),
  ];
}

export function providerSetup(uplinks: readonly Uplink[]): string[] {
  return [
    ...end(core.interface, `${core.provider}/30`),
    `route add 198.19.0.0/24 via ${core.core}`,
    ...uplinks.filter(({ kind }) => kind === 'ethernet').flatMap(providerEnd),
  ];
}

export function coreSetup(): string[] {
  return [
    ...end(core.interface, `${core.core}/30`),
    `route add default via ${core.provider}`,
    ...targets.map((target) => `addr add ${target}/32 dev lo`),
  ];
}

/** The commands that give the router's end of an uplink its address and bring it up. */
export function routerEnd(uplink: Uplink): string[] {
  return end(uplink.name, routerAddress(uplink));
}

/** The router's address as `ip addr add` takes it. */
export function routerAddress({ kind, address, gateway }: Uplink): string {
  return kind === 'ppp' ? `${address} peer ${gateway}` : `${address}/24`;
}

/** The provider knows one host on each line, so that several lines can have the same address at its end. */
export function providerEnd({ name, address, gateway }: Uplink): string[] {
  return end(name, `${gateway} peer ${address}`);
}

function end(device: string, address: string): string[] {
  return ['link set lo up', `addr add ${address} dev ${device}`, `link set ${device} up`];
}

/**
 * An idle interface, so that the two ends of a cable get different indexes. Between ends with the same index
 * the kernel takes a lost carrier for not urgent and tells of it up to a second late (linkwatch_urgent_event in
 * net/core/link_watch.c), as with a card where another link has changed within that second.
 */
function offset(namespace: string): string {
  return `link add offset netns ${namespace} type bridge`;
}

function veth(name: string, namespace: string, peer: string, peerNamespace: string): string {
  return `link add name ${name} netns ${namespace} type veth peer name ${peer} netns ${peerNamespace}`;
}
