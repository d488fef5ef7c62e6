import type { Configuration } from '../config/schema.ts';
import type { OwnTests, Tests } from '../config/tests.ts';
import type { Limits } from '../probe/delay.ts';
import type { ProbePlan } from '../probe/prober.ts';
import type { Target } from '../probe/target.ts';
import type { Endpoint } from '../probe/tcp.ts';
import type { LinkSettings } from '../uplink/attachment.ts';
import type { HysteresisRules } from '../uplink/hysteresis.ts';
import type { Candidate } from '../uplink/selection.ts';

/**
 * A silent line is left after so much of the interval: who asks often wants to know soon, who asks seldom wants to be
 * sure.
 */
const SILENCE = 0.4;
/** An uplink's section of the configuration. */
export type UplinkSettings = Configuration['uplinks'][number];

/** The part of the settings that says which line an uplink is. */
export function linkSettings(settings: UplinkSettings): LinkSettings {
  const { interface: name } = settings;
  if (settings.type === 'ppp') return { type: 'ppp', interface: name };
  return { type: 'static', interface: name, ip: settings.ip, gateway: settings.gateway };
}

/** The part that decides about new connections. */
export function candidate({
  interface: name,
  priority_group: priorityGroup,
}: UplinkSettings): Omit<Candidate, 'up'> {
  return { name, ...(priorityGroup !== undefined && { priorityGroup }) };
}

/** How an uplink is probed, and how readily it is left and come back to. */
export interface Testing {
  readonly plan: ProbePlan;
  readonly rules: HysteresisRules;
}

/** Of one uplink: as it says, and else as all. */
export function testing(all: Tests, settings: UplinkSettings): Testing {
  const tests = testsOf(all, settings.tests);
  return { plan: probePlan(tests, settings), rules: hysteresisRules(tests) };
}

function testsOf(all: Tests, own: OwnTests = {}): Tests {
  return {
    ...all,
    ...stated(own),
    leave: { ...all.leave, ...stated(own.leave ?? {}) },
    return: { ...all.return, ...stated(own.return ?? {}) },
  };
}

/** Without what is undefined. */
function stated<T extends object>(value: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: NonNullable<T[Key]> };
}

/** How an uplink is probed. */
export function probePlan(tests: Tests, uplink: UplinkSettings): ProbePlan {
  const targets = targetsOf(tests, uplink);
  const interval = tests.interval * 1000;
  return {
    targets,
    rules: {
      needed: Math.min(tests.required_successful, targets.length),
      attempts: tests.ping_retries,
      timeout: tests.timeout * 1000,
      interval,
      silence: SILENCE * interval,
      leaving: limits(tests.leave),
      returning: { ...limits(tests.leave), ...limits(tests.return) },
    },
  };
}

function limits({ loss, rtt, jitter }: Tests['leave']): Limits {
  return {
    loss: loss / 100,
    ...(rtt !== undefined && { rtt: rtt * 1000 }),
    ...(jitter !== undefined && { jitter: jitter * 1000 }),
  };
}

function hysteresisRules({ fall, rise, hold_down, failback, damping }: Tests): HysteresisRules {
  return {
    fall,
    rise,
    holdDown: hold_down * 1000,
    failback,
    damping: damping && {
      halfLife: damping.half_life * 1000,
      suppress: damping.suppress,
      reuse: damping.reuse,
    },
  };
}

/** A PPP link has no neighbours: its targets are the others. */
function targetsOf(tests: Configuration['tests'], { type }: UplinkSettings): Target[] {
  const { ips, targets: others = [] } = tests;
  const resolvers = tests.resolvers ?? others.flatMap(({ dns }) => dns?.server ?? []);
  return [
    ...ips.map((address) => ({ method: 'echo', address }) as const),
    ...others.flatMap(({ tcp, dns, http, neighbour }): Target[] => {
      if (tcp !== undefined) return [{ method: 'tcp', ...endpoint(tcp) }];
      if (dns !== undefined) return [{ method: 'dns', ...dns }];
      if (http !== undefined) return [{ method: 'http', ...http, resolvers }];
      return neighbour !== undefined && type !== 'ppp' ? [{ method: 'neighbour' }] : [];
    }),
  ];
}

/** The parts of "192.0.2.1:443". */
function endpoint(text: string): Endpoint {
  const [address = '', port] = text.split(':');
  return { address, port: Number(port) };
}
