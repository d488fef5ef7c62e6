import type { JsonSchema } from './json-schema.ts';

/** The reference page of the configuration (Markdown), from its JSON schema. */
export function referencePage(schema: JsonSchema): string {
  return `${[PREFACE, ...sections('', schema)].join('\n\n')}\n`;
}

const PREFACE = `<!-- Generated from src/config/schema.ts: change it there. -->

# Configuration

The file is YAML, \`/etc/fault_tolerant_router.conf\` unless \`--config\` names another. A file of fault_tolerant_router 1.x
works unchanged. The smallest one that balances over two uplinks:

\`\`\`yaml
uplinks:
- {interface: eth1, type: static, ip: 198.51.100.2, gateway: 198.51.100.1, description: Fibre, priority_group: 1}
- {interface: ppp0, type: ppp, description: LTE, priority_group: 1}
\`\`\`

- Everything that is wrong is reported at once, as \`file:line:column: key: what is wrong, what is allowed\`; an unknown key is
  a fault, too.
- A blank value is as if its key were absent.
- A value is read as its key needs it: \`"60"\` is a number where one is needed, \`yes\` is true where that is asked, and a
  password of digits stays text. Whole numbers may be hexadecimal (\`0x10\`).
- An editor that knows YAML completes keys and marks mistakes with \`config/configuration.schema.json\`.`;

function sections(path: string, schema: JsonSchema): string[] {
  const keys = Object.entries(merged(schema)).map(([name, variants]) => new Key(name, path, variants));
  const nested = keys.flatMap(({ path, section }) => (section === undefined ? [] : sections(path, section)));
  const rows = keys.map((key) => key.row());
  const table = ['| Key | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return [path === '' ? '## The whole file' : `## \`${path}\``, table, ...nested];
}

/** What a key may be, with the name of the variant of its section in which it is that. */
type Variants = readonly { readonly of: string; readonly required: boolean; readonly schema: JsonSchema }[];

/** The keys of a section; of one with variants, each key once. */
function merged(schema: JsonSchema): Record<string, Variants> {
  const result: Record<string, Variants> = {};
  for (const variant of schema.oneOf ?? [schema]) {
    const of = variant.properties?.['type']?.const ?? '';
    for (const [name, property] of Object.entries(variant.properties ?? {})) {
      const required = variant.required?.includes(name) ?? false;
      result[name] = [...(result[name] ?? []), { of, required, schema: property }];
    }
  }
  return result;
}

/** A key of a section, as a row of its table. */
class Key {
  readonly path: string;
  /** The section that it holds, or that each item of its list is. */
  readonly section: JsonSchema | undefined;
  readonly #name: string;
  readonly #variants: Variants;
  readonly #schema: JsonSchema;
  /** The variants of the section in which the key is allowed, where it is not in all. */
  readonly #only: readonly string[];

  constructor(name: string, parent: string, variants: Variants) {
    this.#name = name;
    this.#variants = variants.filter(({ schema }) => schema.not === undefined);
    this.#schema = this.#variants[0]!.schema;
    const list = this.#schema.items !== undefined;
    this.path = `${parent === '' ? '' : `${parent}.`}${name}${list ? '[]' : ''}`;
    this.section = [this.#schema, this.#schema.items].find((schema) => schema?.properties ?? schema?.oneOf);
    this.#only = this.#variants.length < variants.length ? this.#variants.map(({ of }) => of) : [];
  }

  row(): string {
    return `| ${[`\`${this.#name}\``, this.#value(), this.#default(), this.#meaning()].join(' | ')} |`;
  }

  #value(): string {
    const words = this.#variants.flatMap(({ schema }) => schema.const ?? schema.enum ?? []);
    if (words.length > 0) return words.map(code).join(', ');
    if (this.section !== undefined) return this.#schema.items === undefined ? 'section' : 'list of sections';
    if (this.#schema.items !== undefined) return `list: ${this.#schema.items.title}`;
    return [this.#schema.title, limits(this.#schema)].filter((part) => part !== '').join(', ');
  }

  #default(): string {
    if (this.#variants.some(({ required }) => required)) {
      return ['required', ...this.#only.map((type) => `for \`${type}\``)].join(' ');
    }
    if (this.section !== undefined || this.#schema.default === undefined) return '–';
    return [this.#schema.default].flat().map(code).join(', ');
  }

  #meaning(): string {
    const descriptions = this.#variants.map(({ of, schema: { description = '' } }) => ({ of, description }));
    const same = descriptions.every(({ description }) => description === descriptions[0]!.description);
    const meaning = same
      ? descriptions[0]!.description
      : descriptions.map(({ of, description }) => `\`${of}\`: ${description}`).join(' ');
    const example = this.#schema.examples?.map((value) => ` Example: ${code(value)}.`) ?? [];
    return meaning + example.join('');
  }
}

function limits({ minimum, maximum }: JsonSchema): string {
  if (minimum === undefined) return '';
  return maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

function code(value: unknown): string {
  return `\`${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}\``;
}
