import * as z from 'zod';
import { parsePorts } from '../network/port-range.ts';
import { formatPrefix, masked, parsePrefix } from '../network/prefix.ts';
import { parseServiceClass } from '../network/service-class.ts';
import { list, mistaken } from './kind.ts';
import { quote } from './quote.ts';

/* Kinds of values that say which packets are meant, as those of kind.ts. */

/** Name of an address set; no address looks like it. */
const SET_NAME = /^[A-Za-z][\w-]{0,62}$/;

/** A value of a kind, or a list of them; always a list for the program. `what` is the plural of the kind. */
export function oneOrMore<Kind extends z.ZodType>(kind: Kind, what: string) {
  return z.union([kind, list(kind, what)]).transform((value) => [value].flat() as z.output<Kind>[]);
}

/** A network of either family, "10.0.0.0/8", in canonical text; an address alone is one. */
export function network() {
  return networkAs('an IP network, as in 10.0.0.0/8 or 2001:db8::/32', () => false).meta({
    title: 'IP network',
  });
}

/** A network of IPv6. */
export function network6() {
  const what = 'an IPv6 network, as in 2001:db8:1::/48';
  return networkAs(what, () => false)
    .refine((text) => text.includes(':'), { error: mistaken(what) })
    .meta({ title: 'IPv6 network' });
}

/** The same, or "auto". */
export function network6OrAuto() {
  const what = 'an IPv6 network, as in 2001:db8:1::/48, or "auto"';
  return networkAs(what, (text) => text === 'auto')
    .refine((text) => text === 'auto' || text.includes(':'), { error: mistaken(what) })
    .meta({ title: '`auto` or IPv6 network' });
}

/** The same of either family, or the name of an address set. */
export function networkOrSet() {
  return networkAs('an IP network, as in 10.0.0.0/8, or the name of an address set', isSetName).meta({
    title: 'IP network or name of an address set',
  });
}

/** The text may name an address set. */
export function isSetName(text: string): boolean {
  return SET_NAME.test(text);
}

function networkAs(what: string, isOther: (text: string) => boolean) {
  const error = mistaken(what);
  const known = z
    .string({ error })
    .refine((text) => isOther(text) || parsePrefix(text) !== undefined, { error, abort: true })
    .refine((text) => isOther(text) || !hasMore(text), {
      error: ({ input }) =>
        `${quote(input)} has bits beyond its length; the network is ${quote(networkOf(input))}`,
    });
  return z.preprocess(canonical, known);
}

function hasMore(text: string): boolean {
  return networkOf(text) !== canonical(text);
}

function networkOf(text: unknown): string | undefined {
  const prefix = parsePrefix(String(text));
  return prefix && formatPrefix(masked(prefix));
}

/** One text for equal networks; anything else as it is. */
function canonical(input: unknown): unknown {
  const prefix = typeof input === 'string' ? parsePrefix(input) : undefined;
  return prefix === undefined ? input : formatPrefix(prefix);
}

/** Highest port that a rule may ask for: fib_rule_port_range_valid() in include/net/fib_rules.h. */
const LAST_PORT = 65_534;

/** A port, or the first and the last of several: "5060", "10000-20000". */
export function ports() {
  const error = mistaken('a port or a range of ports, as in 5060 or 10000-20000', `1 to ${LAST_PORT}`);
  const isPorts = (text: string) => {
    const range = parsePorts(text);
    return range !== undefined && range.first >= 1 && range.last <= LAST_PORT;
  };
  return z.string({ error }).refine(isPorts, { error }).meta({ title: 'port or range of ports' });
}

/** A class of service, by name or number; the value is its codepoint. */
export function serviceClass() {
  const error = mistaken('a DSCP', '0 to 63, ef, va, le, cs0 to cs7, af11 to af43');
  const read = (input: unknown) => (typeof input === 'string' ? (parseServiceClass(input) ?? input) : input);
  return z.preprocess(read, z.number({ error })).meta({ title: 'DSCP' });
}
