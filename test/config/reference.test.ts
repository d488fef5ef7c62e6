import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { type Key, keysOf } from '../../src/config/keys.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { referencePage } from '../../src/config/reference.ts';

const schema = configurationJsonSchema();
const page = referencePage(schema);

test('the example of the page is a valid configuration', () => {
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1];
  assert.ok(example);
  assert.equal(parseConfiguration(example, 'example').uplinks.length, 2);
});

test('every key of the file stands on the page, with what it is and what it means', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  assert.equal(rows.length, count(keysOf(schema)));
  for (const row of rows) assert.doesNotMatch(row, /\|\s*\||undefined/);
  assert.ok(page.includes('| `weight` | whole number, 1 to 256 | `1` | '));
  assert.ok(page.includes('| `ip` | IPv4 address | required for `static` | '));
  assert.ok(page.includes('| `type` | `static`, `ppp`, `dhcp`, `auto` | required | `static`: '));
  assert.ok(page.includes('| `forced` | `strict`, `fallback` | '));
});

test('the JSON schema knows defaults and whole numbers', () => {
  const { interval, ping_retries: retries } = schema.properties?.['tests']?.properties ?? {};
  assert.equal(interval?.default, 60);
  assert.equal(interval?.type, 'number');
  assert.equal(retries?.default, 1);
  assert.equal(retries?.type, 'integer');
  assert.deepEqual(schema.required, ['uplinks']);
});

function count(keys: readonly Key[]): number {
  return keys.reduce((sum, { keys: nested = [] }) => sum + 1 + count(nested), 0);
}
