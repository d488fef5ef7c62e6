import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { editorSchema } from './editor-schema.ts';
import { exampleConfiguration } from './example.ts';
import { configurationJsonSchema } from './json-schema.ts';
import { manualPage } from './manual.ts';
import { referencePage } from './reference.ts';

/*
 * Writes what is made from the configuration's schema; with --check it only compares, and exits with 1 where
 * a file is not up to date. Run as build/src/config/generate.js.
 */

const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { version: string };
const schema = configurationJsonSchema();
const generated = {
  'docs/configuration.md': referencePage(schema),
  'man/fault_tolerant_router.conf.5': manualPage(schema, version),
  'config/example.conf': exampleConfiguration(schema),
  'config/configuration.schema.json': `${JSON.stringify(editorSchema(schema), null, 2)}\n`,
};

const check = process.argv.includes('--check');
for (const [name, content] of Object.entries(generated)) {
  const file = inProject(name);
  if (!check) writeFileSync(file, content);
  else if (current(file) !== content) {
    console.error(`${name} is not up to date: run "node build/src/config/generate.js"`);
    process.exitCode = 1;
  }
}

/** Path of a file from the top of the project. */
function inProject(name: string): string {
  return fileURLToPath(new URL(`../../../${name}`, import.meta.url));
}

function current(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
