import { quote } from './quote.ts';

/** Place in a text, counted from 1; the column in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Way to a value from the top of the file: keys, and places in lists counted from 0. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a configuration. */
export interface Fault {
  /** Absent when the file could not be read at all. */
  readonly position?: Position;
  /** As `uplinks[1].gateway`; empty when the fault is not in one value. */
  readonly path: string;
  /** What is wrong and what is allowed, on one line. */
  readonly message: string;
}

/**
 * Everything that is wrong with a configuration, in the order of the file; the message has one line for each
 * fault.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly file: string;
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    const sorted = faults.toSorted((a, b) => rank(a) - rank(b) || column(a) - column(b));
    super(sorted.map((fault) => formatFault(file, fault)).join('\n'));
    this.file = file;
    this.faults = sorted;
  }
}

/** "file:line:column: path: message", without what is absent. */
function formatFault(file: string, { position, path, message }: Fault): string {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  return [place, ...(path === '' ? [] : [path]), message].join(': ');
}

/** "uplinks[1].gateway"; a key that is no plain word stands in quotes: `tests["a b"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\p{L}\p{N}_-]+$/u.test(step)) return `${text}[${quote(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function rank({ position }: Fault): number {
  return position?.line ?? 0;
}

function column({ position }: Fault): number {
  return position?.column ?? 0;
}
