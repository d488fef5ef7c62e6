import { type Line, SEVERITIES } from './line.ts';
import { localTime } from './local-time.ts';
import { LogFile, type LogFileSettings } from './log-file.ts';

export interface LogSettings {
  /** Lines of severity "debug" too. */
  readonly debug: boolean;
  /**
   * A journal reads along: it wants the severity as "<4>" before each line (sd-daemon(3)) and knows the time
   * itself.
   */
  readonly journal: boolean;
  /** The file that takes the log in place of standard output; absent: none. */
  readonly file?: LogFileSettings | undefined;
}

/** systemd connects standard output with its journal, and says so in the environment; systemd.exec(5). */
export function journalReads(environment: NodeJS.ProcessEnv): boolean {
  return environment['JOURNAL_STREAM'] !== undefined;
}

/**
 * Writes one line per event. A line break within a text cannot forge a line.
 *
 * With a file, standard output gets what the file does not take, and everything where somebody debugs; details never
 * stand in the file: they would crowd its history out.
 */
export class Log {
  readonly #settings: LogSettings;
  readonly #write: (text: string) => void;
  readonly #file: LogFile;

  /** `write` writes lines to standard output. */
  constructor(settings: LogSettings, write: (text: string) => void) {
    this.#settings = settings;
    this.#write = write;
    this.#file = new LogFile(settings.file, {
      declined: (line) => this.debug || this.#print(line),
      changed: (fault) => this.#print(describeChange(this.#file.settings?.file, fault)),
    });
  }

  /** Lines of severity "debug" are written too. */
  get debug(): boolean {
    return this.#settings.debug;
  }

  /** Puts other settings of the file in force; undefined: there is none any more. */
  reload(file: LogFileSettings | undefined): void {
    this.#file.settings = file;
  }

  write({ severity, text }: Line): void {
    const line = { severity, text: text.replaceAll(/[\r\n]+/g, ' ') };
    if (this.debug) this.#print(line);
    if (severity !== 'debug') this.#keep(line);
  }

  #keep(line: Line): void {
    if (this.#file.settings !== undefined) this.#file.append(line);
    else if (!this.debug) this.#print(line);
  }

  #print({ severity, text }: Line): void {
    const prefix = this.#settings.journal
      ? `<${SEVERITIES[severity]}>`
      : `${localTime(new Date()).replace('T', ' ')} `;
    this.#write(`${prefix}${text}\n`);
  }
}

/** What is told of the file itself, where whoever misses its lines looks next. */
function describeChange(file: string | undefined, fault: string | undefined): Line {
  if (fault === undefined) return { severity: 'notice', text: `Log file ${file} takes lines again` };
  return { severity: 'error', text: `Log file ${file} takes no lines, they go here until it does: ${fault}` };
}
