import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import type { Invocation, OptionValue } from './action.ts';
import { CATALOGUE, COMMON, DEFAULT_FILE, type Entry, type Operand, type Option } from './catalogue.ts';
import { usageOf } from './usage.ts';

/** The command line cannot be understood, or asks for what is not there. */
export class UsageError extends Error {}

/** What a command line asks for. */
export type Command =
  /** With an action: of it alone. */
  | { readonly kind: 'help'; readonly action?: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'action'; readonly entry: Entry; readonly invocation: Invocation };

/** Reads the words after the program's name; throws UsageError. Pure. */
export function readCommandLine(words: readonly string[]): Command {
  const name = actionOf(words);
  const entry = name === undefined ? undefined : CATALOGUE[name];
  const known = { ...COMMON, ...(entry === undefined ? allOptions() : entry.options) };
  const { values, positionals } = parse(words, known);
  if (values['help'] === true) return { kind: 'help', ...(name !== undefined && { action: name }) };
  if (values['version'] === true) return { kind: 'version' };
  if (name === undefined || entry === undefined) throw new UsageError('an action is missing');
  const { config = DEFAULT_FILE, socket, debug, demo, help: _, version: __, ...options } = values;
  const invocation = {
    file: String(config),
    socket: socket === undefined ? undefined : String(socket),
    debug: demo === true || debug === true,
    demo: demo === true,
    operands: operandsOf(name, entry.operands ?? [], positionals.slice(1)),
    options,
  };
  return { kind: 'action', entry, invocation };
}

/** The name of the action among the words, if there is one; throws UsageError for one that does not exist. */
function actionOf(words: readonly string[]): string | undefined {
  const { positionals } = parseArgs({
    args: [...words],
    options: forParser({ ...allOptions(), ...COMMON }),
    allowPositionals: true,
    strict: false,
  });
  const [name] = positionals;
  if (name === undefined || Object.hasOwn(CATALOGUE, name)) return name;
  throw new UsageError(`there is no action ${name}${suggestion(name, Object.keys(CATALOGUE))}`);
}

function parse(words: readonly string[], known: Readonly<Record<string, Option>>) {
  const command = { args: [...words], options: forParser(known), allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...command, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(known, token.name)) continue;
    const names = Object.keys(known).map((name) => `--${name}`);
    throw new UsageError(`there is no option ${token.rawName}${suggestion(token.rawName, names)}`);
  }
  try {
    const { values, positionals } = parseArgs(command);
    return { values: values as Record<string, OptionValue>, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll('\n', ' '));
  }
}

function forParser(options: Readonly<Record<string, Option>>) {
  const entries = Object.entries(options).map(
    ([name, { value, short, repeatable }]) =>
      [
        name,
        {
          type: value === undefined ? 'boolean' : 'string',
          ...(short && { short }),
          ...(repeatable && { multiple: true }),
        },
      ] as const,
  );
  return Object.fromEntries(entries) as Record<
    string,
    { type: 'boolean' | 'string'; short?: string; multiple?: boolean }
  >;
}

function allOptions(): Record<string, Option> {
  return Object.assign({}, ...Object.values(CATALOGUE).map(({ options }) => options)) as Record<
    string,
    Option
  >;
}

function operandsOf(action: string, operands: readonly Operand[], words: readonly string[]) {
  const surplus = words.slice(operands.length);
  if (surplus.length > 0)
    throw new UsageError(
      `${action}: ${surplus.join(' ')} is too much${operands.length === 0 ? '' : `: ${usageOf(action)}`}`,
    );
  return operands.map(({ name, of }, index) => {
    const word = words[index];
    if (word === undefined) throw new UsageError(`${action}: ${name} is missing: ${usageOf(action)}`);
    if (Array.isArray(of) && !of.includes(word))
      throw new UsageError(`${action}: ${word} is none of ${of.join(', ')}${suggestion(word, of)}`);
    return word;
  });
}

function suggestion(word: string, known: readonly string[]): string {
  const likely = nearest(word, known);
  return likely === undefined ? '' : ` (is ${likely} meant?)`;
}
