import * as z from 'zod';
import { choice, duration, wholeNumber } from '../config/kind.ts';
import { serviceClass } from '../config/traffic.ts';
import { ControlError } from './error.ts';

/* What may be said to the daemon: the bodies and queries of its routes. */

const YEAR = 365 * 86_400;
const MARK = 0xffff_ffff;

export const eventsQuery = z.strictObject({
  follow: z
    .enum(['true', 'false'], 'true or false is needed')
    .optional()
    .describe('true: go on with what happens, an event a line'),
});

export const explainQuery = z.strictObject({
  destination: z.string('missing').describe('an IP address of either family'),
  from: z.string().optional().describe('the address of a host of the LAN, or of this host'),
  mark: wholeNumber(0, MARK).optional().describe('the mark that the firewall has put on it'),
  in: z.string().optional().describe('the interface that it comes from'),
  protocol: choice('a protocol', ['tcp', 'udp', 'icmp']).optional().describe('absent: tcp'),
  port: wholeNumber(1, 65_535).optional().describe('the port that it goes to'),
  dscp: serviceClass().optional().describe('its class of service, by name or number'),
});

export const forceBody = z.strictObject(
  { to: choice('a state', ['up', 'down', 'auto']).describe('auto: as its tests say') },
  'what to force it to is missing',
);

export const drainBody = z
  .strictObject({
    for: duration(1, YEAR)
      .optional()
      .describe('how long, in seconds or as in 10m; absent: until it is forced to auto'),
  })
  .default({});

/** What was said, as the route knows it; throws ControlError (400) with what is wrong. */
export function parse<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw new ControlError(faults.join('; '), 400);
}
