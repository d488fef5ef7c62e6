import type { Configuration } from '../config/schema.ts';
import type { OwnTests, Tests } from '../config/tests.ts';
import type { Family } from '../network/address.ts';
import type { Limits } from '../probe/delay.ts';
import type { ProbePlan } from '../probe/prober.ts';
import type { LinkSettings } from '../uplink/attachment.ts';
import type { HysteresisRules } from '../uplink/hysteresis.ts';
import type { Candidate } from '../uplink/selection.ts';
import { lineName, lineTitle } from './line-name.ts';
import { targetsOf } from './targets.ts';

/**
 * A silent line is left after so much of the interval: who asks often wants to know soon, who asks seldom wants to be
 * sure.
 */
const SILENCE = 0.4;
/** What the configuration says of an uplink, and which of its lines is meant: that of one family. */
export type UplinkSettings = Configuration['uplinks'][number] & {
  readonly family: Family;
  /** As lineName() makes it. */
  readonly name: string;
  /** The uplink's place in the numbering. */
  readonly position: number;
};

/** The lines of a configuration, in its order. */
export function linesOf({ uplinks }: Pick<Configuration, 'uplinks'>): UplinkSettings[] {
  const line = (uplink: Configuration['uplinks'][number], position: number, family: Family) => ({
    ...uplink,
    description: lineTitle(uplink.description, family),
    family,
    name: lineName({ ...uplink, family }),
    position,
  });
  return uplinks.flatMap((uplink, position) =>
    uplink.ipv6 === undefined
      ? line(uplink, position, 4)
      : [line(uplink, position, 4), line(uplink, position, 6)],
  );
}

/** The part of the settings that says which line an uplink is. */
export function linkSettings(settings: UplinkSettings): LinkSettings {
  const { interface: name, family, ipv6, type } = settings;
  if (family === 6) {
    const { ip = 'auto', gateway = 'auto' } = ipv6 ?? {};
    return {
      type: 'ipv6',
      interface: name,
      ...(ip !== 'auto' && { ip }),
      ...(gateway !== 'auto' && { gateway }),
    };
  }
  if (type !== 'static') return { type, interface: name };
  return { type, interface: name, ip: settings.ip, gateway: settings.gateway };
}

/** The part that decides about new connections. */
export function candidate({ name, priority_group: priorityGroup }: UplinkSettings): Omit<Candidate, 'up'> {
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
