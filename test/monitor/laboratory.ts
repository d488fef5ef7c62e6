import assert from 'node:assert/strict';
import type { Configuration } from '../../src/config/schema.ts';
import { MemoryKernel } from '../../src/kernel/memory.ts';
import type { Machine } from '../../src/monitor/machine.ts';
import type { Member } from '../../src/monitor/member.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import type { Link } from '../../src/network/link.ts';
import { formatRoute } from '../../src/network/route.ts';
import { describe as describeEvent } from '../../src/observe/line.ts';
import { PLAIN_TESTS } from '../support/plain-tests.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ScriptedWorld } from '../support/scripted-channel.ts';

type Uplinks = Configuration['uplinks'];

export const fibre = {
  interface: 'eth1',
  type: 'static',
  ip: '198.18.1.2',
  gateway: '198.18.1.1',
  description: 'Fibre',
  weight: 3,
  priority_group: 1,
} as const;
export const cable = {
  interface: 'eth2',
  type: 'static',
  ip: '198.18.2.2',
  gateway: '198.18.2.1',
  description: 'Cable',
  weight: 1,
  priority_group: 1,
} as const;
export const mobile = {
  interface: 'ppp0',
  type: 'ppp',
  description: 'LTE',
  weight: 1,
  priority_group: 2,
} as const;

export function configuration(uplinks: Uplinks = [fibre, cable, mobile], interval = 10): Configuration {
  const tests = {
    ...PLAIN_TESTS,
    ips: ['198.19.0.1', '198.19.0.2', '198.19.0.3'],
    required_successful: 2,
    ping_retries: 1,
    interval,
    timeout: 1,
  };
  return {
    uplinks,
    downlinks: {},
    tests,
    firewall: { manage: false },
    on_failure: 'flush',
    on_return: 'keep',
    control: {},
    base_table: 1,
    base_priority: 40000,
    base_fwmark: 1,
  };
}

/** The one line that a word names. */
export function lineOf(monitor: Monitor, word: string): Member {
  const [member, ...others] = monitor.find(word);
  assert.ok(member !== undefined && others.length === 0);
  return member;
}

export const ethernet = (name: string, index: number): Link => ({
  name,
  index,
  up: true,
  running: true,
  addresses: [{ address: `198.18.${index}.2`, prefixLength: 24 }],
});
export const ppp = (peer = '198.18.3.1'): Link => ({
  name: 'ppp0',
  index: 3,
  up: true,
  running: true,
  addresses: [{ address: '198.18.3.2', peer, prefixLength: 32 }],
});
export const allLinks = [ethernet('eth1', 1), ethernet('eth2', 2), ppp()];

/** Monitors over a kernel in memory, a clock that the test moves and a scripted world. */
export function laboratory({
  links = allLinks,
  settings = configuration(),
  overrides,
}: {
  links?: Link[];
  settings?: Configuration;
  overrides?: Machine['overrides'];
} = {}) {
  const clock = new ManualClock();
  const world = new ScriptedWorld(clock);
  const kernel = new MemoryKernel(links);
  const log: string[] = [];
  const machine = { kernel, clock, open: world.openEcho, ask: world.ask, ...(overrides && { overrides }) };
  const start = (wanted = settings) => {
    const monitor = new Monitor(wanted, machine, (event) => {
      for (const { severity, text } of describeEvent(event))
        if (severity !== 'debug' && !text.startsWith('Kernel:')) log.push(text);
    });
    monitor.start();
    return monitor;
  };
  const dead = new Set<string>();
  world.world = (_, { device }) => (dead.has(device) ? 'lost' : 5);
  /** The balancing route as it stands. */
  const balancing = (table = 4) =>
    kernel
      .routes(table, 4)
      .filter(({ metric }) => metric === 0)
      .map(formatRoute)
      .join();
  return { clock, world, kernel, log, start, dead, balancing };
}

export const both =
  'default proto 70 nexthop via 198.18.1.1 dev eth1 weight 3 nexthop via 198.18.2.1 dev eth2 weight 1';
export const fibreAlone = 'default via 198.18.1.1 dev eth1 proto 70';
export const cableAlone = 'default via 198.18.2.1 dev eth2 proto 70';
export const mobileAlone = 'default via 198.18.3.1 dev ppp0 proto 70';
