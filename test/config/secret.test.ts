import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readSecret } from '../../src/config/secret.ts';

/** A directory with one file. */
function directoryWith(t: TestContext, name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, name), text);
  return directory;
}

for (const [text, secret] of [
  ['correct horse\n', 'correct horse'],
  ['correct horse\r\n', 'correct horse'],
  [' correct horse ', ' correct horse '],
  ['two\nlines\n\n', 'two\nlines\n'],
] as const)
  test(`of ${JSON.stringify(text)} the secret is ${JSON.stringify(secret)}`, (t) => {
    const directory = directoryWith(t, 'word', text);
    assert.equal(readSecret(join(directory, 'word'), {}), secret);
    assert.equal(readSecret('word', { CREDENTIALS_DIRECTORY: directory }), secret);
  });

test('what cannot be had has a reason', (t) => {
  const directory = directoryWith(t, 'empty', '\n');
  const service = { CREDENTIALS_DIRECTORY: directory };
  const reason = (place: string, message: string | RegExp) =>
    assert.throws(() => readSecret(place, service), { message });
  reason('smtp-password', 'the service has no credential smtp-password');
  reason(join(directory, 'absent'), /^cannot be read: ENOENT: /);
  reason(directory, /^cannot be read: EISDIR: /);
  reason('empty', 'there is nothing in the file');
});

test("a service's credential is unknown to whoever is not the service", () => {
  assert.equal(readSecret('ftr-none', {}), undefined);
});
