import { type Clock, systemClock } from './clock.ts';
import type { Configuration } from './config/schema.ts';
import { MemoryKernel } from './kernel/memory.ts';
import type { Machine } from './monitor/machine.ts';
import type { Address } from './network/address.ts';
import type { Route } from './network/route.ts';
import { MAIN_TABLE } from './plan/numbering.ts';
import type { EchoChannel, EchoListener, EchoRequest, SendResult } from './probe/echo-socket.ts';
import type { Method } from './probe/method.ts';
import type { SoloTarget } from './probe/target.ts';

/** RTPROT_DHCP, linux/rtnetlink.h. */
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
    ],
  }));
  const kernel = new MemoryKernel(links);
  for (const [id, { type, interface: device }] of configuration.uplinks.entries())
    if (type === 'dhcp') kernel.replaceRoute(leased(device, `198.18.${id}.1`));
  return {
    kernel,
    clock: systemClock,
    open: (_path, received) => new CapriciousChannel(systemClock, received),
    ask,
  };
}

/** A default route as a DHCP client sets it. */
function leased(device: string, gateway: Address): Route {
  const nexthops = [{ gateway, device, weight: 1 }];
  return { family: 4, type: 'unicast', table: MAIN_TABLE, metric: 0, nexthops, protocol: DHCP_PROTOCOL };
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
