#!/usr/bin/env -S node --max-semi-space-size=2
// What a probe leaves behind is dead soon: a small nursery (MB) is enough, and saves 25 MB of memory.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Action } from './actions/action.ts';
import { ConfigurationError } from './config/fault.ts';
import { nearest } from './config/nearest.ts';

const DEFAULT_FILE = '/etc/fault_tolerant_router.conf';

/** Loaded when it is chosen: the daemon shall not wait for what it does not need. */
const ACTIONS: Record<string, { readonly load: () => Promise<Action>; readonly help: string }> = {
  monitor: {
    load: async () => (await import('./actions/monitor.ts')).monitor,
    help: 'probe the uplinks and keep the routing; SIGHUP: reload, SIGTERM: stop',
  },
  check: {
    load: async () => (await import('./actions/check.ts')).check,
    help: 'judge the configuration, and print what would be made of it',
  },
  plan: {
    load: async () => (await import('./actions/plan.ts')).plan,
    help: 'print what would change in the kernel, and change nothing',
  },
  generate_config: {
    load: async () => (await import('./actions/generate-config.ts')).generateConfig,
    help: 'write an example of a configuration file',
  },
  generate_iptables: {
    load: async () => (await import('./actions/generate-firewall.ts')).generateIptables,
    help: 'print firewall rules for iptables-restore',
  },
  generate_nftables: {
    load: async () => (await import('./actions/generate-firewall.ts')).generateNftables,
    help: 'print firewall rules for nft',
  },
  email_test: {
    load: async () => (await import('./actions/email-test.ts')).emailTest,
    help: 'send a test message to the recipients of mail',
  },
  clear: {
    load: async () => (await import('./actions/clear.ts')).clear,
    help: 'remove our rules and routes, and nothing else',
  },
};

const WIDTH = Math.max(...Object.keys(ACTIONS).map((name) => name.length)) + 2;

const USAGE = `Usage: fault_tolerant_router [--config=FILE] [--debug] [--demo] ACTION

Actions:
${Object.entries(ACTIONS)
  .map(([name, { help }]) => `  ${name.padEnd(WIDTH)}${help}`)
  .join('\n')}

Options:
  --config=FILE  the configuration file (default: ${DEFAULT_FILE})
  --debug        tell of each probe and each decision
  --demo         play with invented uplinks' states: no privileges are needed, nothing is changed
  --help         print this
  --version      print the version
`;

/** Exit statuses: 0 done, 1 failed, 2 used wrongly. */
async function main(arguments_: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = parse(arguments_);
  if (values.help) return print(USAGE);
  if (values.version) return print(`fault_tolerant_router ${version()}\n`);
  const [name, ...others] = positionals;
  if (name === undefined) throw new UsageError('an action is missing');
  if (others.length > 0) throw new UsageError(`one action at a time, not ${positionals.join(' ')}`);
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    throw new UsageError(`there is no action ${name}${suggestion(name, Object.keys(ACTIONS))}`);
  }
  const demo = values.demo ?? false;
  const run = await action.load();
  return run({ file: values.config ?? DEFAULT_FILE, debug: demo || (values.debug ?? false), demo });
}

class UsageError extends Error {}

const OPTIONS = {
  config: { type: 'string' },
  debug: { type: 'boolean' },
  demo: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

function parse(arguments_: readonly string[]) {
  const command = { args: [...arguments_], options: OPTIONS, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...command, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(OPTIONS, token.name)) continue;
    const known = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new UsageError(`there is no option ${token.rawName}${suggestion(token.rawName, known)}`);
  }
  try {
    return parseArgs(command);
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll('\n', ' '));
  }
}

function suggestion(word: string, known: readonly string[]): string {
  const likely = nearest(word, known);
  return likely === undefined ? '' : ` (is ${likely} meant?)`;
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`fault_tolerant_router: ${error.message}; see --help\n`);
    process.exitCode = 2;
  } else if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}
