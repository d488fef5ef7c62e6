import type { Configuration } from '../config/schema.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Numbering, UplinkNumbers } from '../plan/numbering.ts';
import { type Carrier, type FlushCause, flushes, type Ledger } from '../uplink/flush.ts';
import { isUsable } from '../uplink/override.ts';
import type { Member, MonitoredUplink } from './member.ts';

/** What becomes of connections, where an uplink does not say otherwise. */
type Policy = Pick<Configuration, 'on_failure' | 'on_return'>;

/** Who is told what has become of connections. */
export interface ConnectionsListener {
  flushed(member: Member, cause: FlushCause): void;
  failed(member: Member, error: Error): void;
}

/** Established connections: they are moved where new routes alone would leave them behind. */
export class Connections {
  readonly #kernel: Kernel;
  readonly #listener: ConnectionsListener;
  #ledger: Ledger = new Map();

  constructor(kernel: Kernel, listener: ConnectionsListener) {
    this.#kernel = kernel;
    this.#listener = listener;
  }

  /** To be called when the routes of a decision stand. */
  review(lines: readonly MonitoredUplink[], policy: Policy, { uplinks, markMask: mask }: Numbering): void {
    const carriers = lines.map((line) => carrierOf(line, policy));
    const { due, ledger } = flushes(this.#ledger, carriers);
    this.#ledger = ledger;
    for (const { name, cause } of due) {
      const { member } = lines.find((line) => line.member.name === name) as MonitoredUplink;
      const { family, position } = member.settings;
      const { mark } = uplinks[position] as UplinkNumbers;
      this.#kernel.forget(family, { value: mark, mask }).then(
        () => this.#listener.flushed(member, cause),
        (error: Error) => this.#listener.failed(member, error),
      );
    }
  }
}

function carrierOf({ member, routing, override }: MonitoredUplink, policy: Policy): Carrier {
  const { name, settings, state } = member;
  return {
    name,
    family: settings.family,
    able: isUsable(state, override),
    selected: routing,
    drained: override?.kind === 'drained',
    ip: state.attachment.ip,
    onFailure: settings.on_failure ?? policy.on_failure,
    onReturn: settings.on_return ?? policy.on_return,
  };
}
