import * as z from 'zod';
import { anyHostAddress } from './host.ts';
import { choice, duration, list, listOrNone, number, percentage, wholeNumber } from './kind.ts';
import { section } from './section.ts';
import { targetSection } from './targets.ts';

/*
 * How uplinks are tested: for all of them, and for a single one. Every key once, without its default, so that an
 * uplink says what it wants otherwise and nothing else.
 */

const DEFAULT_IPS = ['8.8.8.8', '8.8.4.4', '208.67.222.222', '208.67.220.220', '4.2.2.2', '4.2.2.3'];

const keys = {
  ips: listOrNone(anyHostAddress(), 'IP addresses').describe(
    'Targets that are pinged through every uplink: hosts that answer reliably, of more than one operator. Those with IPv6 addresses are for the lines with `ipv6`; where there is none, some of well-known operators serve.',
  ),
  targets: list(targetSection, 'targets').describe(
    'Targets that are asked in other ways; each counts as one beside those of `ips`.',
  ),
  resolvers: list(anyHostAddress(), 'IP addresses').meta({
    description:
      'DNS servers that resolve the names in `targets`, asked through the uplink under test; absent: the servers of the `dns` targets.',
    examples: [['9.9.9.9']],
  }),
  required_successful: wholeNumber(1).describe(
    'So many targets have to answer for an uplink to count as working; at most the number of `ips` and `targets`. A line for IPv6 that has fewer needs all of them.',
  ),
  ping_retries: wholeNumber(1, 100).describe(
    'So many probes a target has to leave unanswered at least before it counts as silent.',
  ),
  interval: duration(0.1, 86_400).describe(
    'While all is well, `required_successful` probes are spread over this time; at the first that is overdue all targets are asked, until it is clear how the uplink is.',
  ),
  timeout: duration(0.01, 60).describe('Time that an answer may take: after it a probe counts as lost.'),
  fall: wholeNumber(1, 100).describe(
    'Times in a row that an uplink has to fail, an `interval` apart, before it is left.',
  ),
  rise: wholeNumber(1, 100).describe(
    'Times in a row that it has to pass, an `interval` apart, before it carries connections again.',
  ),
  hold_down: duration(0, 86_400).describe(
    'It has to be stable for so long before it carries connections again, unless nothing else works.',
  ),
  failback: choice('a way to come back', ['auto', 'manual']).describe(
    '`manual`: after a failure an uplink carries no connections again, unless nothing else works, until `force UPLINK auto` is said.',
  ),
};

const limits = {
  loss: percentage(0.1, 99).describe('Part of the probes that may be lost.'),
  rtt: duration(0.001, 60).meta({
    description: 'Round-trip time that they may take, as the median of the targets.',
    examples: ['500ms'],
  }),
  jitter: duration(0.001, 60).meta({ description: 'Mean deviation that it may have.', examples: ['100ms'] }),
};

const LEAVE =
  'An uplink that loses more, or is slower, is left; without a limit of time it may be as slow as it likes.';
const RETURN =
  'An uplink is come back to when it loses less, and is no slower; without a limit of time that of `leave` holds.';

const damping = section({
  half_life: duration(1, 604_800).meta({
    description: 'Time in which half of the failures is forgiven.',
    examples: ['15m'],
  }),
  suppress: number(1, 1000)
    .default(3)
    .describe('Failures, less what was forgiven, from which on it is not come back to.'),
  reuse: number(0.1, 1000).default(1).describe('Failures left, below which it is come back to.'),
})
  .optional()
  .describe('What to do with an uplink that comes and goes; absent: nothing.');

export const testsSection = section({
  ips: keys.ips.default(DEFAULT_IPS),
  targets: keys.targets.optional(),
  resolvers: keys.resolvers.optional(),
  required_successful: keys.required_successful.default(4),
  ping_retries: keys.ping_retries.default(1),
  interval: keys.interval.default(60),
  timeout: keys.timeout.default(2),
  fall: keys.fall.default(1),
  rise: keys.rise.default(1),
  hold_down: keys.hold_down.default(0),
  failback: keys.failback.default('auto'),
  leave: section({
    ...limits,
    loss: limits.loss.default(20),
    rtt: limits.rtt.optional(),
    jitter: limits.jitter.optional(),
  })
    .prefault({})
    .describe(LEAVE),
  return: section({
    ...limits,
    loss: limits.loss.default(5),
    rtt: limits.rtt.optional(),
    jitter: limits.jitter.optional(),
  })
    .prefault({})
    .describe(RETURN),
  damping,
});

const ownLimits = section(optional(limits)).optional();

/** The same keys in an uplink's section, all of them optional. */
export const ownTestsSection = section({
  ...optional(keys),
  leave: ownLimits.describe(LEAVE),
  return: ownLimits.describe(RETURN),
  damping,
})
  .optional()
  .meta({
    title: 'keys of `tests`',
    description: 'Keys of `tests` that are otherwise for this uplink.',
    examples: [{ interval: '1s' }],
  });

type Shape = Readonly<Record<string, z.ZodType>>;

function optional<S extends Shape>(shape: S): { [Key in keyof S]: z.ZodOptional<S[Key]> } {
  const entries = Object.entries(shape).map(([key, kind]) => [key, kind.optional()] as const);
  return Object.fromEntries(entries) as { [Key in keyof S]: z.ZodOptional<S[Key]> };
}

export type Tests = z.output<typeof testsSection>;
export type OwnTests = NonNullable<z.output<typeof ownTestsSection>>;
