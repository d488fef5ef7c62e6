import * as z from 'zod';
import type { MonitorEvent } from '../monitor/event.ts';
import { lineName } from '../monitor/line-name.ts';
import type { Standing } from '../monitor/news.ts';
import { describe, type Line } from '../observe/line.ts';

const uplink = z.object({
  interface: z.string(),
  /** IP version of the line that it is about. */
  family: z.literal([4, 6]),
  description: z.string(),
  state: z.enum(['up', 'down']),
  role: z.enum(['routing', 'standby']),
  /** What an administrator has said of it. */
  override: z.string().nullable(),
  ip: z.string().nullable(),
  gateway: z.string().nullable(),
  /** Why it is up or down. */
  reason: z.string(),
});

/** What a hook is told; docs/hooks.md. Keys may be added; when one changes its meaning, the version changes. */
export const payloadSchema = z.object({
  version: z.literal(1),
  /** Unlike any other event's: who has seen it has seen the event. */
  id: z.string(),
  event: z.string(),
  /** ISO 8601, UTC. */
  time: z.string(),
  /** The lines that the log has of it. */
  message: z.string(),
  /** Whom it is about, where it is about one. */
  uplink: uplink.optional(),
  /** The policy that it is about. */
  policy: z.string().nullable(),
  /** All uplinks after it, in the order of the file. */
  uplinks: z.array(uplink),
  /** Interfaces of those that carry new connections. */
  routing: z.array(z.string()),
});

/** So many lines has a message, and so many characters a line. */
const LINES = 100;
const WIDTH = 300;

export type Payload = z.output<typeof payloadSchema>;
type Uplink = z.output<typeof uplink>;

/**
 * What hooks are told of an event: one payload for each of the things that have happened at once, in the words of the
 * log. `standings` are the uplinks after it; `id` makes one up. Pure.
 */
export function payloads(
  event: MonitorEvent,
  standings: readonly Standing[],
  time: Date,
  id: () => string,
): Payload[] {
  const uplinks = standings.map(tell);
  const about = 'uplink' in event ? lineName(event.uplink) : undefined;
  const one = uplinks.find((uplink) => lineName(uplink) === about);
  return Array.from(happenings(describe(event)), ([name, lines]) => ({
    version: 1,
    id: id(),
    event: name,
    time: time.toISOString(),
    message: abridged(lines),
    ...(one && { uplink: one }),
    policy: event.kind === 'steered' ? event.is.policy : null,
    uplinks,
    routing: [...new Set(uplinks.flatMap((line) => (line.role === 'routing' ? line.interface : [])))],
  }));
}

/** What the log has of it, and not more than fits into an environment (MAX_ARG_STRLEN, linux/binfmts.h). */
function abridged(lines: readonly Line[]): string {
  const texts = lines.filter(({ severity }) => severity !== 'debug').map(({ text }) => text.slice(0, WIDTH));
  const more = texts.length - LINES;
  return [...texts.slice(0, LINES), ...(more > 0 ? [`… and ${more} more lines`] : [])].join('\n');
}

/** The lines of each thing that has happened, by its name. */
function happenings(lines: readonly Line[]): Map<string, Line[]> {
  const result = new Map<string, Line[]>();
  for (const line of lines) {
    if (line.event === undefined) continue;
    const same = result.get(line.event);
    if (same === undefined) result.set(line.event, [line]);
    else same.push(line);
  }
  return result;
}

function tell({ is, reason }: Standing): Uplink {
  return {
    interface: is.interface,
    family: is.family,
    description: is.description,
    state: is.up ? 'up' : 'down',
    role: is.routing ? 'routing' : 'standby',
    override: is.override ?? null,
    ip: is.ip ?? null,
    gateway: is.gateway ?? null,
    reason,
  };
}
