import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { OverrideFile, overridePath } from '../../src/monitor/override-file.ts';

function directory(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'ftr-overrides-'));
  context.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('overrides are kept in a file, beside which nothing is left', (context) => {
  const place = join(directory(context), 'made');
  const file = new OverrideFile(join(place, 'overrides.json'));
  assert.deepEqual([...file.load()], []);
  const overrides = new Map([
    ['eth1', { kind: 'down' }],
    ['eth2', { kind: 'drained', until: 12_345.5 }],
    ['ppp0', { kind: 'drained' }],
  ] as const);
  file.save(new Map([['eth1', { kind: 'up' }]]));
  file.save(overrides);
  assert.deepEqual(new OverrideFile(join(place, 'overrides.json')).load(), overrides);
  assert.deepEqual(readdirSync(place), ['overrides.json']);
});

for (const [what, text] of [
  ['no JSON', 'eth1 down'],
  ['no overrides', '{"eth1": {"kind": "sideways"}}'],
  ['a list', '[]'],
] as const) {
  test(`a file that holds ${what} is an error, and stays`, (context) => {
    const path = join(directory(context), 'overrides.json');
    writeFileSync(path, text);
    assert.throws(() => new OverrideFile(path).load(), Error);
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('the file stands where systemd says', () => {
  assert.equal(overridePath({ RUNTIME_DIRECTORY: '/run/x' }), '/run/x/overrides.json');
  assert.equal(overridePath({}), '/run/fault-tolerant-router/overrides.json');
});
