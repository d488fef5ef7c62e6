import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigurationError } from '../../src/config/fault.ts';
import { parseConfiguration } from '../../src/config/load.ts';

const table = readFileSync(new URL('../../../test/config/bad-files.txt', import.meta.url), 'utf8');
const cases = table.split(/^## /m).slice(1).map(readCase);

test('the table of bad files was read', () => {
  assert.ok(cases.length > 30);
});

for (const { name, text, expected } of cases) {
  test(`${name} is refused, with these words`, () => {
    assert.equal(complaints(text), expected);
  });
}

/** A case is its name, the file, and what is said about it, each line after "> ". */
function readCase(source: string) {
  const [name = '', ...lines] = source.trimEnd().split('\n');
  const isComplaint = (line: string) => line.startsWith('> ');
  const expected = lines.filter(isComplaint).map((line) => line.slice(2));
  return { name, text: lines.filter((line) => !isComplaint(line)).join('\n'), expected: expected.join('\n') };
}

function complaints(text: string): string {
  try {
    parseConfiguration(text, 'file');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.replaceAll(/^file:/gm, '');
    throw error;
  }
  return 'accepted';
}
