import { type Line, SEVERITIES } from './line.ts';

export interface LogSettings {
  /** Lines of severity "debug" too. */
  readonly debug: boolean;
  /**
   * A journal reads along: it wants the severity as "<4>" before each line (sd-daemon(3)) and knows the time
   * itself.
   */
  readonly journal: boolean;
}

/** systemd connects standard output with its journal, and says so in the environment; systemd.exec(5). */
export function journalReads(environment: NodeJS.ProcessEnv): boolean {
  return environment['JOURNAL_STREAM'] !== undefined;
}

/** Writes one line per event. A line break within a text cannot forge a line. */
export class Log {
  readonly #settings: LogSettings;
  readonly #write: (text: string) => void;

  constructor(settings: LogSettings, write: (text: string) => void) {
    this.#settings = settings;
    this.#write = write;
  }

  /** Lines of severity "debug" are written too. */
  get debug(): boolean {
    return this.#settings.debug;
  }

  write({ severity, text }: Line): void {
    if (severity === 'debug' && !this.#settings.debug) return;
    const prefix = this.#settings.journal ? `<${SEVERITIES[severity]}>` : `${timestamp(new Date())} `;
    this.#write(`${prefix}${text.replaceAll(/[\r\n]+/g, ' ')}\n`);
  }
}

/** Local time as "2026-11-22 14:03:11.204". */
function timestamp(date: Date): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => pad(part)).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(':');
  return `${day} ${time}.${pad(date.getMilliseconds(), 3)}`;
}
