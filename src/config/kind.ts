import * as z from 'zod';
import { nearest } from './nearest.ts';
import { quote } from './quote.ts';

/*
 * The kinds of values that a key may hold. The file is read as text (yaml-document.ts), so that the key and
 * not the spelling decides what a value is: a password of digits stays text, a quoted number is a number.
 * Every kind says in one sentence what is wrong with a value and what is allowed.
 */

/** Whole number from `min` to `max`, both allowed; decimal with "_" between digits, or hexadecimal. */
export function wholeNumber(min: number, max = Number.POSITIVE_INFINITY) {
  const allowed = max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  const { mistaken: error, outOfRange } = numberErrors('a whole number', allowed);
  // Not int(): a fraction found by it would keep the other checks of the file from running.
  const number = z.number({ error }).multipleOf(1, { error }).min(min, { error: outOfRange });
  const bounded = Number.isFinite(max) ? number.max(max, { error: outOfRange }) : number;
  return z.preprocess(readNumber, bounded).meta({ title: 'whole number' });
}

/** Number from `min` to `max`, both allowed; fractions too. */
export function number(min: number, max: number) {
  const { mistaken: error, outOfRange } = numberErrors('a number', `${min} to ${max}`);
  const bounded = z.number({ error }).min(min, { error: outOfRange }).max(max, { error: outOfRange });
  return z.preprocess(readNumber, bounded).meta({ title: 'number' });
}

/** Part of a hundred from `min` to `max`, both allowed: "20%" or 20. */
export function percentage(min: number, max: number) {
  const { mistaken: error, outOfRange } = numberErrors('a percentage, as in 20%', `${min}% to ${max}%`);
  const bounded = z.number({ error }).min(min, { error: outOfRange }).max(max, { error: outOfRange });
  const read = (input: unknown) => readNumber(typeof input === 'string' ? input.replace(/ ?%$/, '') : input);
  return z.preprocess(read, bounded).meta({ title: 'percentage' });
}

/** Units of a duration, in seconds. */
const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Text of a duration: digits, and a unit unless they are seconds. */
const DURATION = /^(\d+(?:\.\d+)?)(ms|[smhd])?$/;

/**
 * Duration from `min` to `max` seconds, both allowed; fractions too. In the file a number is seconds, and text carries
 * its unit: 500ms, 2s, 5m, 1h, 1d. The value is in seconds.
 */
export function duration(min: number, max: number) {
  const allowed = `${min} to ${max} seconds`;
  const { mistaken: error, outOfRange } = numberErrors('a duration, as in 2, 500ms, 2s, 5m, 1h', allowed);
  const number = z.number({ error }).min(min, { error: outOfRange }).max(max, { error: outOfRange });
  return z.preprocess(readDuration, number).meta({ title: 'duration' });
}

/** true or false, also in the other spellings of YAML 1.1: yes, no, on, off. */
export function flag() {
  return z
    .preprocess(readFlag, z.boolean({ error: mistaken('true or false') }))
    .meta({ title: 'true or false' });
}

/** One line of text, not empty; blanks around it are dropped. */
export function text(what: string) {
  const error = mistaken(what);
  return z
    .string({ error })
    .trim()
    .regex(/^\P{Cc}+$/u, { error })
    .meta({ title: 'text' });
}

/** Where a secret stands: an absolute path, or the name of a credential, which is no path; systemd.exec(5). */
export function secretPlace() {
  const what = 'an absolute path, or the name of a credential';
  return text(what)
    .refine((place) => place.startsWith('/') || /^(?!\.{1,2}$)[^/:]{1,255}$/.test(place), {
      error: mistaken(what),
    })
    .meta({ title: 'path or name' });
}

/** Path of a unix socket: absolute, and as long as sun_path may be (unix(7)). */
export function socketPath() {
  const what = 'an absolute path of at most 107 bytes';
  return text(what)
    .refine((path) => path.startsWith('/') && Buffer.byteLength(path) <= 107, { error: mistaken(what) })
    .meta({ title: 'path' });
}

/** Text that is taken as it is and never repeated in a message. */
export function secret() {
  return z
    .string({ error: 'one text is needed' })
    .min(1, { error: 'empty: leave the key out instead' })
    .meta({ title: 'text' });
}

/** One of some words, which name `what`. A colon before it, as Ruby writes a symbol, is dropped. */
export function choice<const Word extends string>(what: string, words: readonly Word[]) {
  const unknown = mistaken(what, words.join(', '));
  const error = ({ input }: { readonly input?: unknown }) => {
    const meant = typeof input === 'string' ? nearest(input, words) : undefined;
    return meant === undefined
      ? unknown({ input })
      : `${mistaken(what)({ input })}; did you mean ${quote(meant)}?`;
  };
  return z.preprocess(
    (input) => (typeof input === 'string' ? input.replace(/^:/, '') : input),
    z.enum(words, { error }),
  );
}

/** Name of a network interface as dev_valid_name() in net/core/dev.c of Linux takes it. */
export function interfaceName() {
  const what = 'the name of a network interface';
  return z
    .string({ error: mistaken(what) })
    .regex(/^(?!\.{1,2}$)[^/:\s]{1,15}$/, {
      error: ({ input }) => wrongInterface(String(input), what),
    })
    .refine((name) => Buffer.byteLength(name) <= 15, {
      error: ({ input }) => wrongInterface(String(input), what),
    })
    .meta({ title: 'interface name' });
}

/** Address that mail is sent from or to, alone or behind a name: "Router <router@example.com>". */
export function mailAddress() {
  const error = mistaken('a mail address');
  const address = /^(?:[^<>\p{Cc}]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u;
  return z.string({ error }).regex(address, { error }).meta({ title: 'mail address' });
}

/** List of at least one value; `what` is the plural of the kind that it holds. */
export function list<Kind extends z.ZodType>(kind: Kind, what: string) {
  return listOrNone(kind, what).min(1, { error: `the list of ${what} is empty` });
}

/** The same, or an empty list. */
export function listOrNone<Kind extends z.ZodType>(kind: Kind, what: string) {
  return z.array(kind, { error: mistaken(`a list of ${what}`) });
}

/** Error of zod that says what a value is not, and what would be. */
export function mistaken(what: string, allowed?: string): (issue: { readonly input?: unknown }) => string {
  const hint = allowed === undefined ? '' : `; allowed: ${allowed}`;
  return ({ input }) =>
    input === undefined ? `missing: ${what} is needed${hint}` : `${quote(input)} is not ${what}${hint}`;
}

function numberErrors(what: string, allowed: string) {
  const outOfRange = ({ input }: { readonly input?: unknown }) =>
    `${quote(input)} is out of range; allowed: ${allowed}`;
  return { mistaken: mistaken(what, allowed), outOfRange };
}

function readNumber(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  const digits = input.replaceAll(/(?<=\d)_(?=\d)/g, '');
  // A zero before other digits is refused: it made the number octal in YAML 1.1 and means nothing in YAML
  // 1.2.
  return /^(?:[+-]?(?:0|[1-9]\d*)(?:\.\d+)?|0x[0-9a-f]+)$/i.test(digits) ? Number(digits) : input;
}

function readDuration(input: unknown): unknown {
  const [, digits, unit] = (typeof input === 'string' ? DURATION.exec(input) : null) ?? [];
  // Rounded to what a float of ms would be, so that 0.1 s is 100ms and not a bit more.
  if (unit !== undefined) return Number((Number(digits) * UNITS[unit as keyof typeof UNITS]).toPrecision(15));
  return readNumber(input);
}

function readFlag(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  if (/^(?:true|yes|on)$/i.test(input)) return true;
  return /^(?:false|no|off)$/i.test(input) ? false : input;
}

function wrongInterface(name: string, what: string): string {
  const alias = /^([^:]+):/.exec(name)?.[1];
  if (alias !== undefined)
    return `${quote(name)} is an alias, not an interface; its interface is ${quote(alias)}`;
  return `${quote(name)} is not ${what}; allowed: 1 to 15 bytes without "/" and blanks, not "." and ".."`;
}
