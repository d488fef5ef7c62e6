#!/usr/bin/env -S node --max-semi-space-size=2
// What a probe leaves behind is dead soon: a small nursery (MB) is enough, and saves 25 MB of memory.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Action } from './actions/action.ts';
import { check } from './actions/check.ts';
import { clear } from './actions/clear.ts';
import { emailTest } from './actions/email-test.ts';
import { generateConfig } from './actions/generate-config.ts';
import { generateIptables, generateNftables } from './actions/generate-firewall.ts';
import { monitor } from './actions/monitor.ts';
import { plan } from './actions/plan.ts';
import { ConfigurationError } from './config/fault.ts';
import { nearest } from './config/nearest.ts';

const DEFAULT_FILE = '/etc/fault_tolerant_router.conf';

const ACTIONS: Record<string, { readonly run: Action; readonly help: string }> = {
  monitor: {
    run: monitor,
    help: 'probe the uplinks and keep the routing; SIGHUP: reload, SIGTERM: stop',
  },
  check: { run: check, help: 'judge the configuration, and print what would be made of it' },
  plan: { run: plan, help: 'print what would change in the kernel, and change nothing' },
  generate_config: { run: generateConfig, help: 'write an example of a configuration file' },
  generate_iptables: { run: generateIptables, help: 'print firewall rules for iptables-restore' },
  generate_nftables: { run: generateNftables, help: 'print firewall rules for nft' },
  email_test: { run: emailTest, help: 'send a test message to the recipients of mail' },
  clear: { run: clear, help: 'remove our rules and routes, and nothing else' },
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
function main(arguments_: readonly string[]): ReturnType<Action> {
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
  return action.run({ file: values.config ?? DEFAULT_FILE, debug: demo || (values.debug ?? false), demo });
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
