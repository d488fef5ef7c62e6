import { wrap } from '../config/wrap.ts';
import { CATALOGUE, COMMON, type Entry, type Option } from './catalogue.ts';

/** How an action is called, with its operands and options, without the program's name. */
export function usageOf(action: string): string {
  const { operands = [], options = {} } = CATALOGUE[action] ?? {};
  return [
    action,
    ...operands.map(({ name, of }) => (Array.isArray(of) ? of.join('|') : name)),
    ...Object.entries(options).map(
      ([name, option]) => `[${spelling(name, option)}]${option.repeatable ? '...' : ''}`,
    ),
  ].join(' ');
}

function spelling(name: string, { value }: Option): string {
  return `--${name}${value === undefined ? '' : `=${value}`}`;
}

/** What `--help` prints: of everything, or of one action. Pure. */
export function help(action?: string): string {
  if (action === undefined) {
    const actions = Object.keys(CATALOGUE).map((name) => [short(name), CATALOGUE[name]?.help ?? ''] as const);
    return [
      'Usage: fault_tolerant_router [OPTION]... ACTION',
      '',
      'Actions:',
      ...table(actions),
      '',
      'Options:',
      ...table(Object.entries<Option>(COMMON).map(([name, option]) => [spelling(name, option), option.help])),
      '',
      'ACTION --help tells of its own options.',
      '',
    ].join('\n');
  }
  const { help: purpose, options = {} } = CATALOGUE[action] as Entry;
  const own = Object.entries(options).map(([name, option]) => [spelling(name, option), option.help] as const);
  return [
    wrap(`Usage: fault_tolerant_router ${usageOf(action)}`, 90).join('\n  '),
    '',
    `${purpose[0]?.toUpperCase()}${purpose.slice(1)}.`,
    ...(own.length > 0 ? ['', 'Options:', ...table(own)] : []),
    '',
  ].join('\n');
}

/** With its operands, without its options. */
function short(action: string): string {
  const { operands = [] } = CATALOGUE[action] ?? {};
  return [action, ...operands.map(({ name, of }) => (Array.isArray(of) ? of.join('|') : name))].join(' ');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
