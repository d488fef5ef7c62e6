import { loadConfiguration } from './config/load.ts';
import type { Configuration } from './config/schema.ts';
import type { Line } from './observe/line.ts';

/** The configuration file of a running daemon. */
export class Reloader {
  readonly file: string;
  readonly #takeOver: (configuration: Configuration) => void;
  readonly #report: (line: Line) => void;
  #since = new Date();

  /** `takeOver` puts a configuration in force, and has done so when it returns, and nothing of it when it throws. */
  constructor(file: string, takeOver: (configuration: Configuration) => void, report: (line: Line) => void) {
    this.file = file;
    this.#takeOver = takeOver;
    this.#report = report;
  }

  /** Since when the configuration has been in force. */
  get since(): Date {
    return this.#since;
  }

  /** Puts the whole file in force, or nothing of it: then the lines that say what is wrong are returned. */
  reload(): readonly string[] {
    try {
      this.#takeOver(loadConfiguration(this.file));
    } catch (error) {
      // A running daemon is more important than whatever keeps it from taking over another file.
      return this.#refuse((error as Error).message.split('\n'));
    }
    this.#since = new Date();
    this.#report({
      severity: 'notice',
      event: 'reloaded',
      text: `Configuration of ${this.file} is in force`,
    });
    return [];
  }

  #refuse(faults: readonly string[]): readonly string[] {
    const consequence = `The daemon goes on with the configuration of ${this.#since.toTimeString().slice(0, 8)}`;
    const severity = 'error';
    const event = 'reload_failed';
    for (const text of faults) this.#report({ severity, event, text, fields: { REASON: text } });
    this.#report({ severity, event, text: consequence });
    return [...faults, consequence];
  }
}
