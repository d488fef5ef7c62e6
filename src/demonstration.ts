import { type Clock, systemClock } from './clock.ts';
import type { Configuration } from './config/schema.ts';
import { MemoryKernel } from './kernel/memory.ts';
import type { Machine } from './monitor/machine.ts';
import { type Address, familyOf } from './network/address.ts';
import type { Route } from './network/route.ts';
import { MAIN_TABLE } from './plan/numbering.ts';
import type { EchoChannel, EchoListener, EchoRequest, SendResult } from './probe/echo-socket.ts';
import type { Method } from './probe/method.ts';
import type { SoloTarget } from './probe/target.ts';

/** RTPROT_RA and RTPROT_DHCP, linux/rtnetlink.h. */
const RA_PROTOCOL = 9;
const DHCP_PROTOCOL = 16;

/** A reply comes so late, ms, and two probes of three get one. */
const RTT = 100;
const ANSWERED = 2 / 3;

/**
 * A machine for `--demo`: it has the configuration's interfaces, PPP links with invented addresses, routes
 * that lead nowhere and targets that answer when they please. Nothing of it leaves the process.
 */
export function demonstration(configuration: Configuration): Machine {
  const links = configuration.uplinks.map((uplink, id) => ({
    name: uplink.interface,
    index: id + 1,
    up: true,
    running: true,
    direct: uplink.gateway === undefined,
    addresses: [
      uplink.type === 'static'
        ? { address: uplink.ip, prefixLength: 24 }
        : { address: `198.18.${id}.2`, peer: `198.18.${id}.1`, prefixLength: 32 },
      ...(uplink.ipv6 === undefined ? [] : [{ address: address6(uplink.ipv6.ip, id), prefixLength: 64 }]),
    ],
  }));
  const kernel = new MemoryKernel(links);
  for (const [id, { type, interface: device, ipv6 }] of configuration.uplinks.entries()) {
    if (type === 'dhcp') kernel.replaceRoute(foundDefault(device, `198.18.${id}.1`, id));
    if (ipv6?.gateway === 'auto') kernel.replaceRoute(foundDefault(device, 'fe80::1', id));
  }
  return {
    kernel,
    clock: systemClock,
    open: (_path, received) => new CapriciousChannel(systemClock, received),
    ask,
  };
}

/** As the configuration has it, or as router advertisements would. */
function address6(ip: Address, id: number): Address {
  return ip === 'auto' ? `2001:db8:fffe:${id + 1}::2` : ip;
}

/** A default route as a DHCP client or a router advertisement sets it; those of several lines stand side by side. */
function foundDefault(device: string, gateway: Address, metric: number): Route {
  const family = familyOf(gateway);
  const protocol = family === 4 ? DHCP_PROTOCOL : RA_PROTOCOL;
  const nexthops = [{ gateway, device, weight: 1 }];
  return { family, type: 'unicast', table: MAIN_TABLE, metric, nexthops, protocol };
}

const ask: Method<SoloTarget> = (_path, _target, done) => {
  const rtt = RTT * (0.5 + Math.random());
  const answer = Math.random() > ANSWERED ? () => {} : () => done({ rtt });
  return { overdue: 'no reply', cancel: systemClock.at(systemClock.now() + rtt, answer) };
};

class CapriciousChannel implements EchoChannel {
  readonly #clock: Clock;
  readonly #received: EchoListener;
  #closed = false;

  constructor(clock: Clock, received: EchoListener) {
    this.#clock = clock;
    this.#received = received;
  }

  send(requests: readonly EchoRequest[]): SendResult {
    const now = this.#clock.now();
    for (const { sequence, token } of requests) {
      if (Math.random() > ANSWERED) continue;
      const reply = { kind: 'reply', identifier: 0, sequence, token } as const;
      const arrival = now + RTT * (0.5 + Math.random());
      this.#clock.at(arrival, () => this.#closed || this.#received(reply, arrival));
    }
    return { sent: requests.map(() => now) };
  }

  drain(): void {}

  close(): void {
    this.#closed = true;
  }
}
