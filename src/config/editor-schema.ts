import type { JsonSchema } from './json-schema.ts';

/** A number as it may stand in quotes, or with "_" between its digits. */
const NUMBER = String.raw`[+-]?\d[\d_]*(?:\.[\d_]+)?|0[xX][\da-fA-F_]+`;

/** What else a kind of value may look like to an editor, by the title of the kind. */
const SPELLINGS: Readonly<Record<string, JsonSchema>> = {
  'whole number': { type: ['integer', 'string'], pattern: `^(?:${NUMBER})$` },
  number: { type: ['number', 'string'], pattern: `^(?:${NUMBER})$` },
  duration: { type: ['number', 'string'], pattern: `^(?:${NUMBER})(?:ms|[smhd])?$` },
  percentage: { type: ['number', 'string'], pattern: `^(?:${NUMBER}) ?%?$` },
  'true or false': {
    type: ['boolean', 'string'],
    pattern: '^(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff])$',
  },
  'port or range of ports': { type: ['integer', 'string'], pattern: String.raw`^\d+(?:-\d+)?$` },
  DSCP: { type: ['integer', 'string'], pattern: String.raw`^(?:[\da-zA-Z-]+)$` },
  text: { type: ['string', 'number', 'boolean'] },
};

/**
 * The schema of the file as an editor needs it. An editor reads YAML 1.2, where the program reads text
 * (yaml-document.ts) and the key decides what it is: to an editor a blank is null, a password of digits is a number and
 * a number in quotes is text. What the program accepts has no fault in this schema; the program may find faults that this
 * schema cannot tell.
 */
export function editorSchema({ enum: words, pattern, ...schema }: JsonSchema): JsonSchema {
  const { title = '', items, oneOf, anyOf, properties, additionalProperties, required = [] } = schema;
  return {
    ...schema,
    // Unicode's properties have another meaning, or none, to some editors.
    ...(pattern !== undefined && !/\\p\{/i.test(pattern) && { pattern }),
    ...SPELLINGS[title],
    // As Ruby writes a symbol, but an editor that completes words shall not offer that.
    ...(words && { anyOf: [{ enum: words }, { type: 'string', pattern: `^:(?:${words.join('|')})$` }] }),
    ...(anyOf && { anyOf: anyOf.map(editorSchema) }),
    ...(items && { items: editorSchema(items) }),
    ...(oneOf && { oneOf: oneOf.map(editorSchema) }),
    ...(additionalProperties && { additionalProperties: editorSchema(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, property]) => {
          const value = editorSchema(property);
          return [key, required.includes(key) ? value : blankable(value)];
        }),
      ),
    }),
  };
}

/** A key that holds nothing is as good as none. */
function blankable({ not, anyOf, ...schema }: JsonSchema): JsonSchema {
  return {
    ...schema,
    // Where nothing is said of the type, the variants say it.
    ...((schema.type ?? not) !== undefined && {
      type: not === undefined ? [schema.type ?? [], 'null'].flat() : 'null',
    }),
    ...(anyOf && { anyOf: [...anyOf, { type: 'null' }] }),
  };
}
