import type { JsonSchema } from './json-schema.ts';
import { flow, type Key, keysOf, type SectionValue, type Value } from './keys.ts';
import { NOTES, SMALLEST } from './notes.ts';

/** The reference page of the configuration (Markdown), from its JSON schema. */
export function referencePage(schema: JsonSchema): string {
  return `${[PREFACE, ...sections('', keysOf(schema))].join('\n\n')}\n`;
}

const PREFACE = `<!-- Generated from src/config/schema.ts: change it there. -->

# Configuration

The file is YAML, \`/etc/fault_tolerant_router.conf\` unless \`--config\` names another. A file of fault_tolerant_router 1.x
works unchanged. The smallest one that balances over two uplinks:

\`\`\`yaml
${SMALLEST}
\`\`\`

${NOTES.map((note) => `- ${note}`).join('\n')}
- An editor that knows YAML completes keys and marks mistakes with \`config/configuration.schema.json\`.`;

function sections(path: string, keys: readonly Key[]): string[] {
  const table = ['| Key | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...keys.map(row)].join(
    '\n',
  );
  const nested = keys.flatMap((key) =>
    key.keys === undefined ? [] : sections(`${key.path}${key.list ? '[]' : ''}`, key.keys),
  );
  return [path === '' ? '## The whole file' : `## \`${path}\``, table, ...nested];
}

function row(key: Key): string {
  const example = key.example === undefined ? '' : ` Example: ${code(key.example)}.`;
  return `| ${[`\`${key.name}\``, key.value, absence(key), `${key.meaning}${example}`].join(' | ')} |`;
}

/** What holds where the key is absent. */
function absence({ required, default: value }: Key): string {
  if (required === true) return 'required';
  if (required !== false) return `required for ${required.map(code).join(', ')}`;
  return value === undefined ? '–' : [value].flat().map(code).join(', ');
}

function code(value: Value | SectionValue): string {
  return `\`${flow(value)}\``;
}
