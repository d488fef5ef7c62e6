#!/usr/bin/env -S node --max-semi-space-size=2
// What a probe leaves behind is dead soon: a small nursery (MB) is enough, and saves 25 MB of memory.
import { readFileSync } from 'node:fs';
import { EX_CONFIG } from './actions/action.ts';
import { readCommandLine, UsageError } from './actions/command-line.ts';
import { help } from './actions/usage.ts';
import { ConfigurationError } from './config/fault.ts';
import { ControlError } from './control/error.ts';

/** Exit statuses: 0 done, 1 failed, 2 used wrongly, 77 a permission is missing, 78 the configuration has faults; `status` has more. */
async function main(words: readonly string[]): Promise<number | undefined> {
  const command = readCommandLine(words);
  switch (command.kind) {
    case 'help':
      return print(help(command.action));
    case 'version':
      return print(`fault_tolerant_router ${version()}\n`);
    case 'action': {
      const run = await command.entry.load();
      return run(command.invocation);
    }
  }
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** What is told of an error, and the exit status; an error that is a fault of the program is thrown again. */
function failure(error: unknown): readonly [text: string, status: number] {
  if (error instanceof UsageError) return [`fault_tolerant_router: ${error.message}; see --help`, 2];
  if (error instanceof ConfigurationError) return [error.message, EX_CONFIG];
  if (error instanceof ControlError) return [`fault_tolerant_router: ${error.message}`, error.exitStatus];
  throw error;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const [text, status] = failure(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = status;
}
