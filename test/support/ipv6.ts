import type { Address } from '../../src/network/address.ts';
import type { Internet } from './internet.ts';
import type { Namespace } from './namespace.ts';
import { lan } from './topology.ts';
import { Traffic } from './traffic.ts';

/** Addresses in the core of the internet that answer, as `targets` of IPv4. */
export const targets6: readonly Address[] = [1, 2, 3, 4, 5, 6].map((host) => `2001:db8:ffff::${host}`);

/** Of the router on the uplink at a position: the source address that the other side sees. */
export function routerAddress6(position: number): Address {
  return `2001:db8:${10 + position}::2`;
}

/** The provider's on every line; that of the link alone, as routers announce it. */
export const gateway6: Address = 'fe80::1';

const CORE = '2001:db8:fffe::';

/**
 * Gives a whole internet of Ethernet uplinks IPv6, beside IPv4: addresses everywhere, routes at the far end, and in the
 * router translation to the address of the uplink (masquerade) and marks as the IPv4 rule set has them. Without
 * router advertisements. The provider takes from a line only what carries that line's address.
 */
export function addIPv6({ uplinks, client, router, provider, core }: Internet): void {
  const names = uplinks.map(({ name }) => name);
  enable(client, [lan.interface]);
  enable(router, [lan.interface, ...names]);
  enable(provider, ['core', ...names]);
  enable(core, ['core']);
  router.sysctl({ 'net/ipv6/fib_multipath_hash_policy': 1 });
  provider.sysctl({ 'net/ipv6/conf/all/forwarding': 1 });
  client.ip([
    `addr add 2001:db8:100::2/64 dev ${lan.interface} nodad`,
    'route add default via 2001:db8:100::1',
  ]);
  router.ip([
    `addr add 2001:db8:100::1/64 dev ${lan.interface} nodad`,
    ...uplinks.map(({ name }, position) => `addr add ${routerAddress6(position)}/64 dev ${name} nodad`),
  ]);
  provider.ip([
    `addr add ${CORE}1/64 dev core nodad`,
    `route add 2001:db8:ffff::/64 via ${CORE}2`,
    ...uplinks.flatMap(({ name }, position) => [
      `addr add ${gateway6}/64 dev ${name} nodad`,
      `addr add 2001:db8:${10 + position}::1/64 dev ${name} nodad`,
    ]),
  ]);
  core.ip([
    `addr add ${CORE}2/64 dev core nodad`,
    `route add default via ${CORE}1`,
    ...targets6.map((target) => `addr add ${target}/128 dev lo`),
  ]);
  const wan = uplinks.map(({ name }) => `"${name}"`).join(', ');
  const marks = uplinks.map(({ name }, position) => `"${name}" : ${1 + position}`).join(', ');
  router.nft(`table ip6 translation {
    map marks { type ifname : mark; elements = { ${marks} } }
    chain mark_incoming {
      type filter hook prerouting priority mangle
      iifname "${lan.interface}" meta mark set ct mark
      ct state new ct mark set iifname map @marks
    }
    chain mark_outgoing {
      type filter hook postrouting priority mangle
      ct state new ct mark set oifname map @marks
    }
    chain translate { type nat hook postrouting priority srcnat; oifname { ${wan} } masquerade; }
  }`);
  const strict = uplinks.map(
    ({ name }, position) =>
      `iifname "${name}" ip6 saddr != { fe80::/10, ::, ${routerAddress6(position)} } drop`,
  );
  provider.nft(
    `table ip6 strict { chain in { type filter hook prerouting priority raw; ${strict.join('; ')}; }; }`,
  );
}

/** Nobody else could have its addresses: none is tried before it is used, and none goes with the link. */
function enable(namespace: Namespace, interfaces: readonly string[]): void {
  const settings = interfaces.flatMap((name) => [
    [`net/ipv6/conf/${name}/accept_dad`, 0],
    [`net/ipv6/conf/${name}/keep_addr_on_down`, 1],
  ]);
  namespace.sysctl({
    ...Object.fromEntries(settings),
    'net/ipv6/conf/default/disable_ipv6': 0,
    'net/ipv6/conf/all/disable_ipv6': 0,
  });
}

/** A client in the LAN that opens a new connection every 5 ms. */
export function connect6({ client }: Internet): Traffic {
  return new Traffic(client, { kind: 'udp', targets: targets6, every: 5 });
}

/** Drops all of IPv6 on a line that is not of the link alone; IPv4 goes on. */
export function impair6({ provider }: Internet, uplink: string): void {
  provider.nft(`table ip6 dead { chain in {
    type filter hook prerouting priority -310
    iifname "${uplink}" ip6 daddr != { fe80::/10, ff00::/8 } drop
  }
}`);
}

/** Puts the cable of both families back: the provider's interface has lost the address of the link with it. */
export function plug6(internet: Internet, uplink: string): void {
  internet.plug(uplink);
  internet.provider.ip([`addr replace ${gateway6}/64 dev ${uplink} nodad`]);
}

export function mend6({ provider }: Internet): void {
  provider.nft('delete table ip6 dead');
}
