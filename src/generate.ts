import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { completionTables } from './actions/completion.ts';
import { openApi } from './control/openapi.ts';
import { editorSchema } from './config/editor-schema.ts';
import { exampleConfiguration } from './config/example.ts';
import { configurationJsonSchema } from './config/json-schema.ts';
import { manualPage } from './config/manual.ts';
import { referencePage } from './config/reference.ts';

/*
 * Writes what is made from the configuration's schema and the catalogue of actions; with --check it only compares, and
 * exits with 1 where a file is not up to date. Run as build/src/generate.js.
 */

const { version } = JSON.parse(read('package.json')) as { version: string };
const schema = configurationJsonSchema();
const generated = {
  'docs/configuration.md': referencePage(schema),
  'man/fault_tolerant_router.conf.5': manualPage(schema, version),
  'config/example.conf': exampleConfiguration(schema),
  'config/control.openapi.json': `${JSON.stringify(openApi(version), null, 2)}\n`,
  'config/completion.bash': read('config/completion.bash.in').replace(
    '@TABLES@',
    completionTables().replaceAll(/^/gm, '  '),
  ),
  'config/configuration.schema.json': `${JSON.stringify(editorSchema(schema), null, 2)}\n`,
};

const check = process.argv.includes('--check');
for (const [name, content] of Object.entries(generated)) {
  const file = inProject(name);
  if (!check) writeFileSync(file, content);
  else if (current(file) !== content) {
    console.error(`${name} is not up to date: run "node build/src/generate.js"`);
    process.exitCode = 1;
  }
}

function read(name: string): string {
  return readFileSync(inProject(name), 'utf8');
}

/** Path of a file from the top of the project. */
function inProject(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}

function current(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
