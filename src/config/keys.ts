import type { JsonSchema } from './json-schema.ts';

/** What a key holds that holds no section. */
export type Value = string | number | boolean | readonly (string | number)[];
/** What a section may hold, for instance. */
export type SectionValue = Readonly<Record<string, string | number>>;

/**
 * A key of the configuration as people are told of it, whether on a page, in a manual or in an example. Words between
 * backquotes stand in the file just so.
 */
export interface Key {
  readonly name: string;
  /** From the top of the file: "tests.ips", "uplinks[].weight". */
  readonly path: string;
  /** It holds a list. */
  readonly list: boolean;
  /** What it may be: "whole number, 1 to 256". */
  readonly value: string;
  /** Where it has to stand: everywhere, nowhere, or in sections of some types. */
  readonly required: boolean | readonly string[];
  /** What holds in its absence, if anything does. */
  readonly default?: Value;
  /** What it may be, for instance. */
  readonly example?: Value | SectionValue;
  readonly meaning: string;
  /** The keys of the section that it holds, or that each item of its list is. */
  readonly keys?: readonly Key[];
}

/** The keys of a section, each once, also where several types of the section have it. */
export function keysOf(schema: JsonSchema, path = ''): Key[] {
  return Object.entries(merged(schema)).map(([name, variants]) => describe(name, path, variants));
}

/** What a key may be, with the type of its section in which it is that. */
interface Variant {
  readonly of: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

function merged(schema: JsonSchema): Record<string, Variant[]> {
  const result: Record<string, Variant[]> = {};
  for (const variant of schema.oneOf ?? [schema]) {
    const of = variant.properties?.['type']?.const ?? '';
    for (const [name, property] of Object.entries(variant.properties ?? {})) {
      const required = variant.required?.includes(name) ?? false;
      (result[name] ??= []).push({ of, required, schema: property });
    }
  }
  return result;
}

function describe(name: string, parent: string, all: readonly Variant[]): Key {
  const variants = all.filter(({ schema }) => schema.not === undefined);
  const { schema } = variants[0]!;
  const list = schema.items !== undefined;
  const path = `${parent === '' ? '' : `${parent}.`}${name}`;
  const section = [schema, schema.items, ...(schema.anyOf ?? [])].find(
    (one) => (one?.properties ?? one?.oneOf) && one?.title === undefined,
  );
  const required = variants.some((variant) => variant.required);
  const some = variants.length < all.length;
  return {
    name,
    path,
    list,
    value: value(variants, section !== undefined),
    required: required && some ? variants.map(({ of }) => of) : required,
    ...(section === undefined && schema.default !== undefined && { default: schema.default as Value }),
    ...(schema.examples !== undefined && { example: schema.examples[0] as Value | SectionValue }),
    meaning: meaning(variants),
    ...(section !== undefined && { keys: keysOf(section, list ? `${path}[]` : path) }),
  };
}

function value(variants: readonly Variant[], section: boolean): string {
  const { schema } = variants[0]!;
  const [first, other] = schema.anyOf ?? [];
  if (first !== undefined) {
    const usual = value([{ ...variants[0]!, schema: first }], false);
    return `${usual}, or a ${other?.items === undefined ? 'section' : 'list'}`;
  }
  const words = [...new Set(variants.flatMap(wordsOf))];
  if (words.length > 0)
    return `${schema.items === undefined ? '' : 'list: '}${words.map((word) => `\`${word}\``).join(', ')}`;
  if (section) return schema.items === undefined ? 'section' : 'list of sections';
  if (schema.items !== undefined) return `list: ${schema.items.title}`;
  return [schema.title, limits(schema)].filter((part) => part !== '').join(', ');
}

/** What alone is allowed, of a key or of the items of its list. */
function wordsOf({ schema }: Variant): readonly string[] {
  return [schema.const ?? schema.enum ?? schema.items?.enum ?? []].flat();
}

function limits({ title, minimum, maximum }: JsonSchema): string {
  if (minimum === undefined) return '';
  const unit = title === 'duration' ? ' seconds' : '';
  return maximum === undefined ? `${minimum} or more${unit}` : `${minimum} to ${maximum}${unit}`;
}

function meaning(variants: readonly Variant[]): string {
  const texts = variants.map(({ of, schema: { description = '' } }) => ({ of, description }));
  const [first] = texts;
  if (texts.every(({ description }) => description === first?.description)) return first?.description ?? '';
  return texts.map(({ of, description }) => `\`${of}\`: ${description}`).join(' ');
}

/** A value as it may stand in the file, on one line. */
export function flow(value: Value | SectionValue): string {
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.join(', ')}]`;
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${part}`);
  return `{${parts.join(', ')}}`;
}

function isList(value: object): value is readonly (string | number)[] {
  return Array.isArray(value);
}
