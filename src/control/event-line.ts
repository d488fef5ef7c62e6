import { localTime } from '../observe/local-time.ts';
import type { RecordedEvent } from '../observe/history.ts';
import { line, type Style, type Terminal } from './span.ts';

/** Columns of the longest names of events. */
const NAME = 13;

const STYLES: Readonly<Record<RecordedEvent['severity'], Style | undefined>> = {
  error: 'red',
  warning: 'yellow',
  notice: undefined,
  info: 'dim',
  debug: 'dim',
};

/** An event for people: when (local time), what and why. Pure. */
export function eventLine({ time, event, severity, text }: RecordedEvent, terminal: Terminal): string {
  const style = STYLES[severity];
  return line(
    [
      { text: `${localTime(new Date(time)).replace('T', ' ')}  `, style: 'dim' },
      { text: `${(event ?? '').padEnd(NAME)}  ` },
      { text, ...(style && { style }) },
    ],
    terminal,
  );
}
