import { lan, targets, type Uplink, type UplinkOptions } from '../test/support/topology.ts';

/** The lines of the router: two providers that share the work, and a modem that stands by. */
export const lines = [
  { name: 'eth1' },
  { name: 'eth2' },
  { name: 'ppp0', kind: 'ppp' },
] as const satisfies readonly UplinkOptions[];

export type LineName = (typeof lines)[number]['name'];

/** What people call them. */
export const called: Readonly<Record<LineName, string>> = {
  eth1: 'Provider 1',
  eth2: 'Provider 2',
  ppp0: 'LTE',
};

/** The address that the modem gets when it dials again. */
export const secondAddress = '198.18.12.77';

/** The daemon's configuration, in the format of fault_tolerant_router 1.x. */
export function configuration([first, second]: readonly Uplink[]): string {
  return `
uplinks:
- interface: eth1
  type: static
  ip: ${first?.address}
  gateway: ${first?.gateway}
  description: ${called.eth1}
  weight: 1
  priority_group: 1
- interface: eth2
  type: static
  ip: ${second?.address}
  gateway: ${second?.gateway}
  description: ${called.eth2}
  weight: 2
  priority_group: 1
- interface: ppp0
  type: ppp
  description: ${called.ppp0}
  priority_group: 2
downlinks:
  lan: ${lan.interface}
tests:
  ips: [${targets.join(', ')}]
  required_successful: 4
  ping_retries: 1
  interval: 0.5
  timeout: 0.3
base_table: ${FIRST_TABLE}
base_priority: 40000
base_fwmark: 1
`;
}

const FIRST_TABLE = 1;

/** The table of the balancing route: the first after those of the uplinks. */
export const balancingTable = FIRST_TABLE + lines.length;
