import * as z from 'zod';
import { parseConfiguration } from '../config/load.ts';
import { linesOf } from '../monitor/settings.ts';
import type { Incident } from '../monitor/tracer.ts';
import type { Override } from '../uplink/override.ts';
import type { Beginning } from './record.ts';

/*
 * What a line may hold that is more than a number: anybody may have touched the file. What later versions add to these
 * is kept.
 */

const attachment = z.looseObject({
  index: z.number().exactOptional(),
  ip: z.string().exactOptional(),
  gateway: z.string().exactOptional(),
  routable: z.boolean(),
  fault: z.string().exactOptional(),
});

const conduct = z.looseObject({
  fresh: z.boolean(),
  against: z.number(),
  wellSince: z.number().exactOptional(),
  penalty: z.number(),
  penalizedAt: z.number(),
  suppressed: z.boolean(),
});

const state = z.looseObject({
  up: z.boolean(),
  held: z.boolean(),
  reason: z.string(),
  since: z.number(),
  attachment,
  conduct,
});

const overrideSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['up', 'down']) }),
  z.object({ kind: z.literal('drained'), until: z.number().exactOptional() }),
]);

const incidentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attached'), attachment }),
  z.object({ kind: z.enum(['gateway-silent', 'released']) }),
]);

const beginning = z.object({
  kind: z.literal('began'),
  origins: z.array(z.object({ state, override: overrideSchema.optional(), routing: z.boolean() })),
  targets: z.array(z.array(z.string())),
  first: z.boolean(),
  now: z.number(),
  time: z.number(),
});

/** Throws an error that says what is wrong with it, as the others do. */
export function readBeginning(value: unknown): Beginning {
  const began = understood(beginning, value);
  const { configuration } = z.object({ configuration: z.unknown() }).parse(value);
  // JSON is YAML; the file's own place in messages is of no use.
  const { uplinks, tests } = parseConfiguration(JSON.stringify(configuration ?? {}), 'its configuration');
  const lines = linesOf({ uplinks }).length;
  if (began.origins.length !== lines || began.targets.length !== lines)
    throw new Error(`it begins with ${lines} lines, and tells of others`);
  return { ...began, configuration: { uplinks, tests } } as Beginning;
}

export function readIncident(value: unknown): Incident {
  return understood(incidentSchema, value) as Incident;
}

/** null: none. */
export function readOverride(value: unknown): Override | undefined {
  return value === null ? undefined : understood(overrideSchema, value);
}

function understood<T>(schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new Error(z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' '));
}
