import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { loadConfiguration } from '../../src/config/load.ts';
import { configurationPath, run } from './program.ts';

describe('generate_config', () => {
  test('writes a valid configuration that nobody else can read', (context) => {
    const file = configurationPath(context);
    const { status, stderr } = run(`--config=${file}`, 'generate_config');
    assert.deepEqual([status, stderr, statSync(file).mode & 0o7777], [0, '', 0o600]);
    assert.equal(loadConfiguration(file).uplinks.length, 3);
  });

  test('never overwrites a file', (context) => {
    const file = configurationPath(context);
    writeFileSync(file, 'precious');
    const { status, stdout, stderr } = run(`--config=${file}`, 'generate_config');
    assert.deepEqual([status, stdout, readFileSync(file, 'utf8')], [1, '', 'precious']);
    assert.match(stderr, /fault_tolerant_router\.conf: .*exists/);
  });

  test('follows no link that leads to nothing', (context) => {
    const file = configurationPath(context);
    const elsewhere = join(dirname(file), 'elsewhere');
    symlinkSync(elsewhere, file);
    assert.equal(run(`--config=${file}`, 'generate_config').status, 1);
    assert.ok(!existsSync(elsewhere));
  });

  test('says why it cannot write, without a stack trace', () => {
    const { status, stderr } = run('--config=/nonexistent/file', 'generate_config');
    assert.equal(status, 1);
    assert.match(stderr, /^\/nonexistent\/file: ENOENT: .*\n$/);
  });

  for (const [what, words] of [
    ['prints the same when the file is "-"', () => ['--config=-']],
    ['prints it, and writes nothing, when it demonstrates', (file: string) => [`--config=${file}`, '--demo']],
  ] as const) {
    test(what, (context) => {
      const file = configurationPath(context);
      const { status, stdout } = run(...words(file), 'generate_config');
      assert.deepEqual([status, existsSync(file)], [0, false]);
      run(`--config=${file}`, 'generate_config');
      assert.equal(stdout, readFileSync(file, 'utf8'));
    });
  }
});
