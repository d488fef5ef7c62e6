import type { Testbed } from './testbed.ts';

/**
 * The routing that an administrator sets up for a script that watches the uplinks: a table and rules for each,
 * and a balancing route, where the daemon would have them. Settings of the kernel are its defaults, but for
 * forwarding.
 */
export function setUpByHand({ internet: { router }, uplinks, balancingTable }: Testbed): void {
  router.sysctl({ 'net/ipv4/ip_forward': 1 });
  const nexthops = uplinks.map(({ name, gateway }) => `nexthop via ${gateway} dev ${name}`);
  router.ip([
    ...uplinks.flatMap(({ name, address, gateway }, index) => [
      `route add default via ${gateway} dev ${name} table ${1 + index}`,
      `rule add priority 40000 from ${address} table ${1 + index}`,
      `rule add priority 41000 fwmark ${1 + index} table ${1 + index}`,
      `rule add priority 42000 oif ${name} table ${1 + index}`,
    ]),
    `rule add priority 43000 table ${balancingTable}`,
    `route add default table ${balancingTable} ${nexthops.join(' ')}`,
  ]);
}
