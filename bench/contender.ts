import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monotonic } from '../test/support/exchange.ts';
import { targets } from '../test/support/topology.ts';
import { PROGRAM } from './comparison.ts';
import { absence } from './peers.ts';
import { setUpByHand } from './routing-by-hand.ts';
import type { Entrant } from './runs.ts';
import type { Testbed, Tests } from './testbed.ts';

/** Who keeps the router online in a run. */
export interface Contender extends Entrant {
  /** Resolves when the balancing route leads to all uplinks and somebody watches over it. */
  start(testbed: Testbed): Promise<void>;
}

/** The program itself, or with something else in its configuration beside it. */
export function program(tests: Tests, { name = PROGRAM, settings = {} } = {}): Contender {
  return {
    name,
    async start(testbed) {
      const start = monotonic();
      const daemon = testbed.startDaemon(tests, settings);
      await daemon.log.until((line) => line.includes('Monitor started'), { within: 10_000 });
      await testbed.routeTo(testbed.names, start);
    },
  };
}

/**
 * A loop around fping for each uplink, as one writes it in an hour: peers/fping-loop.sh; one that also moves the
 * connections of a dead uplink when `moving`.
 */
export function fpingLoop(
  { interval, timeout, required_successful: needed, ips = targets }: Tests,
  { moving = false } = {},
): Contender {
  return {
    name: moving ? 'shell loop around fping, conntrack -D' : 'shell loop around fping',
    missing: absence('fping') ?? (moving ? absence('conntrack') : undefined),
    async start(testbed) {
      const event = await prepare(testbed, moving ? 'replace-route-and-move.sh' : 'replace-route.sh');
      const settings = [interval, timeout * 1000, needed, ...ips].map(String);
      for (const name of testbed.names)
        testbed.internet.router.spawn([script('fping-loop.sh'), event, name, ...settings], 'ignore');
    },
  };
}

/** How lsm tests an uplink. */
export interface LsmTests {
  /** Seconds. */
  readonly interval: number;
  /** Seconds. */
  readonly timeout: number;
  /** So many packets lost in a row make an uplink dead. */
  readonly lost: number;
  /** Of the last 100 packets: more lost ones than `max` make it dead, `min` at most let it live again; by default `lost` and none. */
  readonly loss?: { readonly max: number; readonly min: number };
}

/** Debian's link status monitor, with a target for each uplink. */
export function lsm({ interval, timeout, lost, loss = { max: lost, min: 0 } }: LsmTests): Contender {
  return {
    name: 'lsm',
    missing: absence('lsm'),
    async start(testbed) {
      const event = await prepare(testbed, 'replace-route.sh');
      const defaults = {
        name: 'defaults',
        eventscript: event,
        notifyscript: '',
        warn_email: '',
        interval_ms: interval * 1000,
        timeout_ms: timeout * 1000,
        max_successive_pkts_lost: lost,
        max_packet_loss: loss.max,
        min_packet_loss: loss.min,
        min_successive_pkts_rcvd: 1,
        status: 1, // up
      };
      const connections = testbed.uplinks.map(({ name, address }, index) =>
        block('connection', { name, checkip: targets[index] ?? '', device: name, sourceip: address }),
      );
      const file = join(testbed.directory, 'lsm.conf');
      writeFileSync(file, [block('defaults', defaults), ...connections].join(''));
      const command = ['lsm', '--no-fork', '--config', file, '--pidfile', `${file}.pid`];
      testbed.internet.router.spawn(command, 'ignore');
    },
  };
}

/**
 * Sets up the routing that a script of peers/ changes; the path of a program that is called with "up" or
 * "down" and an uplink.
 */
async function prepare(testbed: Testbed, change: string): Promise<string> {
  const start = monotonic();
  setUpByHand(testbed);
  const states = join(testbed.directory, 'states');
  mkdirSync(states);
  for (const { name, gateway } of testbed.uplinks) writeFileSync(join(states, name), gateway);
  await testbed.routeTo(testbed.names, start);
  // lsm hands its own arguments to a script, and no environment.
  const event = join(testbed.directory, 'event');
  const command = `exec '${script(change)}' '${states}' ${testbed.balancingTable} "$1" "$2"`;
  writeFileSync(event, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return event;
}

function block(name: string, settings: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(settings).map(([key, value]) => `  ${key}=${value}\n`);
  return `${name} {\n${lines.join('')}}\n`;
}

function script(name: string): string {
  return fileURLToPath(new URL(`../../bench/peers/${name}`, import.meta.url));
}
