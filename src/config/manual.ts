import type { JsonSchema } from './json-schema.ts';
import { flow, type Key, keysOf } from './keys.ts';
import { NOTES, SMALLEST } from './notes.ts';
import { wrap } from './wrap.ts';

/** When the text around the keys was last changed. */
const DATE = '2026-11-23';

/** The manual page of the configuration file in groff's macros, man(7), from its JSON schema. */
export function manualPage(schema: JsonSchema, version: string): string {
  const parts = [title(version), ...sections('', keysOf(schema)), END];
  return `${parts.join('\n')}\n`;
}

function title(version: string): string {
  return String.raw`.\" Generated from src/config/schema.ts: change it there.
.TH FAULT_TOLERANT_ROUTER.CONF 5 ${DATE} "fault_tolerant_router ${version}" "File Formats Manual"
.SH NAME
fault_tolerant_router.conf \- uplinks of a Linux router and how to test them
.SH DESCRIPTION
The file is YAML,
.I /etc/fault_tolerant_router.conf
unless
.B \-\-config
names another.
A file of fault_tolerant_router 1.x works unchanged.
${NOTES.map((note) => `.IP \\(bu 2\n${text(note)}`).join('\n')}
.SH EXAMPLES
The smallest one that balances over two uplinks:
.PP
.EX
${literal(SMALLEST)}
.EE
.PP
.B fault_tolerant_router generate_config
writes one that explains every key.`;
}

const END = String.raw`.SH SEE ALSO
.BR fault_tolerant_router (8)`;

function sections(path: string, keys: readonly Key[]): string[] {
  const heading = path === '' ? '.SH THE WHOLE FILE' : `.SH ${literal(path)}`;
  const nested = keys.flatMap((key) =>
    key.keys === undefined ? [] : sections(`${key.path}${key.list ? '[]' : ''}`, key.keys),
  );
  return [heading, ...keys.map(entry), ...nested];
}

function entry(key: Key): string {
  const sentences = [`${key.value}${absence(key)}.`, key.meaning, example(key)].filter((part) => part !== '');
  return `.TP\n.B ${literal(key.name)}\n${sentences.map(text).join('\n.br\n')}`;
}

function absence({ required, default: value }: Key): string {
  if (required === true) return '; required';
  if (required !== false) return `; required for ${required.map((type) => `\`${type}\``).join(', ')}`;
  return value === undefined
    ? ''
    : `; default ${[value]
        .flat()
        .map((one) => `\`${one}\``)
        .join(', ')}`;
}

function example({ example: value }: Key): string {
  return value === undefined ? '' : `Example: \`${flow(value)}\`.`;
}

/** Running text, in lines that fit a terminal; what stands between backquotes becomes bold. */
function text(words: string): string {
  const parts = words
    .split('`')
    .map((part, index) => (index % 2 === 0 ? plain(part) : `\\fB${literal(part)}\\fR`));
  return wrap(parts.join(''), 80).map(started).join('\n');
}

/** Text of which no character has a meaning for groff; groff_char(7). */
function plain(words: string): string {
  return words.replaceAll('\\', '\\(rs');
}

/** The same for what people copy: hyphens and quotation marks stay what they are. */
function literal(words: string): string {
  return plain(words).replaceAll('-', '\\-').replaceAll("'", '\\(aq').replaceAll('"', '\\(dq');
}

/** A line that is no request, whatever it begins with. */
function started(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}
