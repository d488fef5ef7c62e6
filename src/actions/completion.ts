import { CATALOGUE, COMMON, type Operand, type Option } from './catalogue.ts';

/**
 * What config/completion.bash.in is to know of the command line, as arrays of bash(1): for each action its operands and
 * its options; "all" stands for every action, "UPLINK" for the names of uplinks. Pure.
 */
export function completionTables(): string {
  const entries = Object.entries(CATALOGUE);
  return [
    `local actions='${entries.map(([name]) => name).join(' ')}'`,
    table(
      'operands',
      entries.map(([name, { operands = [] }]) => [name, operands.map(operandWord)]),
    ),
    table('options', [
      ['all', optionWords(COMMON)],
      ...entries.map(([name, { options = {} }]) => [name, optionWords(options)] as const),
    ]),
  ].join('\n');
}

function table(name: string, rows: readonly (readonly [string, readonly string[]])[]): string {
  const filled = rows.filter(([, words]) => words.length > 0);
  const lines = filled.map(([key, words]) => `  ["${key}"]='${words.join(' ')}'`);
  return [`local -A ${name}=(`, ...lines, ')'].join('\n');
}

/** The words to choose from, as "up|down|auto"; else what it is called. */
function operandWord({ name, of }: Operand): string {
  return Array.isArray(of) ? of.join('|') : name;
}

/** "--json", or "--for=TIME" where there is a value. */
function optionWords(options: Readonly<Record<string, Option>>): string[] {
  return Object.entries(options).map(
    ([name, { value }]) => `--${name}${value === undefined ? '' : `=${value}`}`,
  );
}
