import * as z from 'zod';
import { type EventName, MESSAGE_IDS } from '../event-name.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { PolicySummary } from '../monitor/event.ts';
import type { RecordedEvent } from '../observe/history.ts';
import type { Events } from './events.ts';
import type { Overridden } from './override.ts';
import type { Reloaded } from './reload.ts';
import type { Status, UplinkStatus } from './status.ts';
import type { SurveyReport } from './survey.ts';

/*
 * What the daemon answers, for those who read it by a program; no part of the daemon itself. More keys may come: what
 * a program does not know, it is to leave alone.
 */

const version = z.literal(1);
const state = z.enum(['up', 'down']);
const role = z.enum(['routing', 'standby']);
const address = z.union([z.ipv4(), z.ipv6()]);
const milliseconds = z.number().min(0);
const share = z.number().min(0).max(1).describe('part of the new connections');
const family = z.literal([4, 6]).describe('IP version');
const uplinkName = z.strictObject({ interface: z.string(), family, description: z.string() });

const summary = z.strictObject({
  sent: z.int().min(0),
  lost: z.int().min(0),
  rtt: z
    .strictObject({ median: milliseconds, mean: milliseconds, deviation: milliseconds })
    .exactOptional()
    .describe('round-trip time, ms; absent when nothing came back'),
});

const uplink: z.ZodType<UplinkStatus> = z.strictObject({
  interface: z.string(),
  family,
  description: z.string(),
  state: state.describe('what its tests say'),
  override: z
    .strictObject({
      kind: z.enum(['up', 'down', 'drained']),
      left: milliseconds.nullable().describe('how long it lasts, ms; null: without end'),
    })
    .nullable()
    .describe('what an administrator has said instead'),
  role: role.describe('routing: it carries new connections'),
  share,
  reason: z.string(),
  age: milliseconds.describe('how long it has been in this state, ms'),
  ip: address.nullable(),
  gateway: address.nullable(),
  priority_group: z.int().nullable(),
  weight: z.int(),
  targets: z
    .array(
      z.strictObject({
        target: z.string(),
        answers: z.boolean().nullable().describe('its latest probe was answered; null: it was not asked yet'),
        rtt: z
          .strictObject({ mean: milliseconds, deviation: milliseconds })
          .nullable()
          .describe('smoothed round-trip time, ms; null: there was no answer yet'),
        probes: summary.describe('the last minute'),
        mute: z.boolean().describe('it has left several probes in a row unanswered'),
        lost: z.number().int().describe('probes since its last answer whose replies will not come any more'),
      }),
    )
    .describe('each target as this uplink knows it; none while it cannot be tested'),
  probes: summary.describe('the last minute'),
  history: z.array(summary).describe('the last minute in slices, the oldest first'),
});

const policy: z.ZodType<PolicySummary> = z.strictObject({
  policy: z.string(),
  family,
  carriers: z
    .array(uplinkName.extend({ share: share.describe('part of the connections that the policy fits') }))
    .describe('who carries them; none: see otherwise'),
  replaced: z.boolean().describe('the carriers stand in, since none of its own uplinks can'),
  otherwise: z
    .enum(['main', 'any', 'unreachable', 'blackhole'])
    .describe('what becomes of them while nobody carries them; any: what becomes of all others'),
});

const status: z.ZodType<Status> = z.strictObject({
  version,
  configuration: z.strictObject({ since: z.iso.datetime() }),
  kernel: z
    .strictObject({ as_planned: z.boolean(), faults: z.array(z.string()) })
    .describe('whether the rules, routes and settings are as they shall be; what is not'),
  uplinks: z.array(uplink),
  policies: z.array(policy).describe('where they lead, in the order in which they are tried'),
});

const event: z.ZodType<RecordedEvent> = z.strictObject({
  time: z.iso.datetime(),
  event: z
    .enum(Object.keys(MESSAGE_IDS) as EventName[])
    .nullable()
    .describe('as EVENT= in the journal'),
  severity: z.enum(['error', 'warning', 'notice', 'info', 'debug']),
  text: z.string(),
  uplink: uplinkName.nullable(),
  policy: z.string().nullable(),
  state: state.nullable(),
  role: role.nullable(),
  reason: z.string().nullable(),
});

const events: z.ZodType<Events> = z.strictObject({
  version,
  events: z.array(event).describe('the oldest first'),
});

const reloaded: z.ZodType<Reloaded> = z.strictObject({
  version,
  file: z.string(),
  kernel_faults: z.array(z.string()).describe('what the kernel has not taken of it'),
});

const overridden: z.ZodType<Overridden> = z.strictObject({
  version,
  uplinks: z.array(uplink).describe('the lines of the uplink'),
});

const survey: z.ZodType<SurveyReport> = z.strictObject({
  version,
  uplink: uplinkName,
  targets: z.array(
    z.union([
      z.strictObject({ target: z.string(), rtt: milliseconds }),
      z.strictObject({ target: z.string(), failure: z.string() }),
    ]),
  ),
  answered: z.int(),
  needed: z.int(),
  passed: z.boolean().describe('enough have answered'),
  regular: z
    .strictObject({ state, reason: z.string(), age: milliseconds })
    .describe('what the regular tests say, which this one does not change'),
});

const rule = z.strictObject({
  rule: z.string(),
  maker: z.enum(['us', 'kernel', 'others']),
  meaning: z.string(),
});

const explanation: z.ZodType<Explanation> = z.strictObject({
  version,
  destination: address,
  source: address.nullable(),
  mark: z.int(),
  in: z.string().nullable(),
  protocol: z.enum(['tcp', 'udp', 'icmp']),
  port: z.int().nullable(),
  dscp: z.int(),
  way: z
    .strictObject({
      interface: z.string(),
      uplink: z.string().nullable(),
      gateway: address.nullable(),
      source: address.nullable(),
      table: z.int(),
    })
    .nullable(),
  refusal: z.string().nullable(),
  taken: rule.nullable().describe('the rule that decides'),
  policy: z.string().nullable().describe('the policy that applies'),
  passed: z.array(rule).describe('the rules before it, and why they do not'),
  shares: z.array(z.strictObject({ line: z.string(), share })),
  resting: z.array(z.strictObject({ uplink: z.string(), reason: z.string() })),
});

const failure = z.strictObject({ error: z.string() });

/** By the names that the description gives them. */
export const ANSWERS = {
  Status: status,
  Events: events,
  Reloaded: reloaded,
  Overridden: overridden,
  Survey: survey,
  Explanation: explanation,
  Error: failure,
  Event: event,
  Uplink: uplink,
  Probes: summary,
} as const;
