import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { main } from '../support/program.ts';

/**
 * Runs the program to its end; in a network namespace of its own: whatever it does, it does not do it to this machine.
 */
export function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', process.execPath, main, ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Where a configuration may be, in a directory that goes with the test. */
export function configurationPath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-action-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'fault_tolerant_router.conf');
}
