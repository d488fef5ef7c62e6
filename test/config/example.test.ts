import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exampleConfiguration } from '../../src/config/example.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { type Key, keysOf } from '../../src/config/keys.ts';
import { parseConfiguration } from '../../src/config/load.ts';

const schema = configurationJsonSchema();
const example = exampleConfiguration(schema);

const all = (keys: readonly Key[]): Key[] => keys.flatMap((key) => [key, ...all(key.keys ?? [])]);

test('the example is valid as it stands, and sets nothing that a default would not', () => {
  const { uplinks, log, email, ...others } = parseConfiguration(example, 'example');
  assert.deepEqual(
    uplinks.map(({ description }) => description),
    ['Fibre', 'Cable', 'LTE'],
  );
  assert.equal(log, undefined);
  assert.equal(email?.send, false);
  const smallest = parseConfiguration(
    'uplinks: [{interface: ppp0, type: ppp, description: A}]\ndownlinks: {lan: eth0}',
    'smallest',
  );
  assert.deepEqual({ ...smallest, ...others }, smallest);
});

test('the example is valid with every key set that it offers', () => {
  const { log, email, downlinks, tests } = parseConfiguration(
    // The password stands in one place only.
    example
      .replaceAll(/^( *)#(?!password:)(?=\S)/gm, '$1')
      .replace('file: smtp-password', 'file: /etc/hostname')
      // Policies stick only with a managed firewall.
      .replace('manage: false', 'manage: true'),
    'example',
  );
  assert.deepEqual(Object.keys(log ?? {}).toSorted(), ['file', 'max_size', 'old_files']);
  assert.equal(email?.smtp_parameters.authentication, 'login');
  assert.equal(downlinks.dmz, 'eth4');
  assert.deepEqual(tests.targets?.flatMap(Object.keys), ['tcp', 'dns', 'http', 'neighbour']);
});

test('the example explains every key, on lines that fit a terminal', () => {
  const text = example.replaceAll(/\n *# /g, ' ');
  const keys = all(keysOf(schema));
  assert.ok(keys.length > 30, `${keys.length} keys`);
  for (const { name, meaning } of keys) {
    const start = text.indexOf(meaning.replaceAll('`', ''));
    assert.ok(start >= 0, `${name} is explained`);
    assert.match(
      text.slice(start),
      new RegExp(String.raw`^[^\n]*\n *#?(?:- )?${name}:`),
      `${name} follows its explanation`,
    );
  }
  assert.doesNotMatch(example, /.{81}|undefined|\[object/);
});

test('the example that comes with the program is this one', () => {
  assert.equal(readFileSync(new URL('../../../config/example.conf', import.meta.url), 'utf8'), example);
});
