import { ConfigurationError } from '../config/fault.ts';
import { parseConfiguration } from '../config/load.ts';
import { YamlDocument } from '../config/yaml-document.ts';
import { linesOf, testing } from '../monitor/settings.ts';
import { targetName } from '../probe/target.ts';
import type { TracedConfiguration } from './record.ts';

/** Whose faults these are in messages. */
const OPTION = '--set';
/** What decides: how uplinks are tested, all of them or one, and which are preferred. */
const DECIDING = /^(tests|uplinks\[\d+\]\.(tests|priority_group))(\.|$)/;

/** A value of the configuration that is to be another one. */
interface SetValue {
  readonly key: string;
  /** "uplinks[0].tests.interval" in its steps. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Values of a configuration to try in place of the recorded ones. */
export class SetValues {
  readonly #values: readonly SetValue[];

  /** `words` as "tests.leave.loss=30%", the value as in the file. Throws ConfigurationError. */
  constructor(words: readonly string[]) {
    this.#values = words.map(read);
  }

  get keys(): readonly string[] {
    return this.#values.map(({ key }) => key);
  }

  /**
   * The configuration with these values. Throws ConfigurationError with the same messages as for a file, and where a
   * target was not asked when the trace was recorded.
   */
  apply({ uplinks, tests }: TracedConfiguration): TracedConfiguration {
    if (this.#values.length === 0) return { uplinks, tests };
    const plain = JSON.parse(JSON.stringify({ uplinks, tests })) as object;
    for (const { path, value } of this.#values) place(plain, path, value);
    const set = parsed(JSON.stringify(plain));
    const recorded = linesOf({ uplinks });
    for (const [index, line] of linesOf(set).entries()) {
      const known = recorded[index] && testing(tests, recorded[index]).plan.targets.map(targetName);
      for (const target of testing(set.tests, line).plan.targets.map(targetName))
        if (known?.includes(target) !== true)
          throw fault('', `${target} was not asked when the trace was recorded`);
    }
    return { uplinks: set.uplinks, tests: set.tests };
  }
}

/** The value of a key in words; "–" where there is none. */
export function valueOf(configuration: TracedConfiguration, key: string): string {
  let value: unknown = configuration;
  for (const step of steps(key)) value = (value as Record<string, unknown> | undefined)?.[step];
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function read(word: string): SetValue {
  const [, key = '', text] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  if (text === undefined) throw fault('', `${word} is no KEY=VALUE`);
  if (!DECIDING.test(key))
    throw fault(key, 'decides nothing; tests and, of an uplink as uplinks[0], tests and priority_group do');
  const document = new YamlDocument(text);
  const [flaw] = document.flaws;
  if (flaw !== undefined) throw fault(key, flaw.message);
  return { key, path: steps(key), value: document.value };
}

function steps(key: string): string[] {
  return key.split(/[.[\]]+/).filter((step) => step !== '');
}

/** Where nothing stands yet a section does then. */
function place(root: object, path: readonly string[], value: unknown): void {
  let section = root as Record<string, unknown>;
  for (const step of path.slice(0, -1)) {
    const next = section[step];
    if (typeof next !== 'object' || next === null) section[step] = {};
    section = section[step] as Record<string, unknown>;
  }
  section[path.at(-1)!] = value;
}

/** JSON is YAML. */
function parsed(text: string): TracedConfiguration {
  try {
    return parseConfiguration(text, OPTION);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // Where it stands in that text is of no use to anybody.
    throw new ConfigurationError(
      OPTION,
      error.faults.map(({ path, message }) => ({ path, message })),
    );
  }
}

function fault(path: string, message: string): ConfigurationError {
  return new ConfigurationError(OPTION, [{ path, message }]);
}
