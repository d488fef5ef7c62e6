import type { Journal } from './journal.ts';
import { type Line, SEVERITIES } from './line.ts';
import { localTime } from './local-time.ts';
import { LogFile, type LogFileSettings } from './log-file.ts';
import { singleLine } from './single-line.ts';

export interface LogSettings {
  /** Lines of severity "debug" too. */
  readonly debug: boolean;
  /**
   * The journal, where standard output leads to it; absent: elsewhere. Standard output gets what it does not take, with
   * the severity as "<4>" before each line (sd-daemon(3)); the journal knows the time itself.
   */
  readonly journal?: Pick<Journal, 'write'> | undefined;
  /** The file that takes the log in place of standard output; absent: none. */
  readonly file?: LogFileSettings | undefined;
  /** The directory that the service has for its log files (systemd.exec(5), LogsDirectory=); absent: none. */
  readonly directory?: string | undefined;
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
      changed: (fault) => this.#print(describeChange(this.#file.settings?.file, fault, settings.directory)),
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

  write(raw: Line): void {
    const line = { ...raw, text: singleLine(raw.text) };
    if (this.debug) this.#print(line);
    if (line.severity !== 'debug') this.#keep(line);
  }

  #keep(line: Line): void {
    if (this.#file.settings !== undefined) this.#file.append(line);
    else if (!this.debug) this.#print(line);
  }

  #print(line: Line): void {
    const { journal } = this.#settings;
    if (journal?.write(line)) return;
    const prefix = journal ? `<${SEVERITIES[line.severity]}>` : `${localTime(new Date()).replace('T', ' ')} `;
    this.#write(`${prefix}${line.text}\n`);
  }
}

/** What is told of the file itself, where whoever misses its lines looks next. */
function describeChange(
  file: string | undefined,
  fault: string | undefined,
  directory: string | undefined,
): Line {
  if (fault === undefined) return { severity: 'notice', text: `Log file ${file} takes lines again` };
  const misplaced = directory !== undefined && file?.startsWith(`${directory}/`) === false;
  const advice = misplaced ? `; the service has ${directory} for its log files` : '';
  return {
    severity: 'error',
    text: `Log file ${file} takes no lines, they go here until it does: ${fault}${advice}`,
  };
}
