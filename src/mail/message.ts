import type { Batch } from '../delivery/queue.ts';
import type { MonitorEvent } from '../monitor/event.ts';
import { describe } from '../observe/line.ts';
import { singleLine } from '../observe/single-line.ts';
import type { Account } from './account.ts';

/** The one event that mail tells of. */
export type Change = Extract<MonitorEvent, { kind: 'changed' }>;

/** News for the administrator. */
export interface Notice {
  /** When it happened, in ms since 1970. */
  readonly time: number;
  /** At least one, without line breaks. */
  readonly lines: readonly string[];
}

/** Notices that go out as one mail. */
export type Letter = Batch<Notice>;

/** A mail as it is handed over. */
export interface Message {
  /** RFC 5322, 3.6.4, with the angle brackets. */
  readonly messageId: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  /** Lines that end with "\n". */
  readonly text: string;
}

/** News that is as old as this, ms, is told with its time. */
const OLD = 60_000;

/** A change in the same lines as the log has; `time` in ms since 1970. */
export function notice(change: Change, time: number): Notice {
  return { time, lines: describe(change).map(({ text }) => singleLine(text)) };
}

/** The mail of a letter; `now` in ms since 1970. */
export function compose(letter: Letter, account: Account, now: number): Message {
  const { items: notices, dropped, repeated } = letter;
  const dated = notices.length > 1 || notices.some(({ time }) => now - time >= OLD);
  const remarks = [
    ...(repeated
      ? ['This may have reached you before: the connection was lost before the mail server confirmed it.']
      : []),
    ...(dropped > 0
      ? [
          `Before this, ${dropped} older ${dropped === 1 ? 'notice was' : 'notices were'} lost: too many waited.`,
        ]
      : []),
  ];
  const paragraphs = [
    ...remarks.map((remark) => [remark]),
    ...notices.map(({ time, lines }) => [...(dated ? [zonedTime(time)] : []), ...lines]),
  ];
  return message(letter.id, account, 'Uplinks status change', paragraphs);
}

/** A mail that nobody takes for news. `id` as in a letter. */
export function testMessage(id: string, account: Account): Message {
  return message(id, account, 'Test message', [
    ['This is a test of the mail settings of fault_tolerant_router. No uplink has changed.'],
  ]);
}

function message(
  id: string,
  { sender, recipients }: Account,
  subject: string,
  paragraphs: readonly (readonly string[])[],
): Message {
  const domain = /@([^@>]+)>?$/.exec(sender)?.[1] ?? 'localhost';
  const text = `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return { messageId: `<${id}@${domain}>`, sender, recipients, subject, text };
}

/** With the zone, since whoever reads it may live in another: "Sun Nov 22 2026 14:03:11 GMT+0100". */
function zonedTime(time: number): string {
  return new Date(time).toString().replace(/ \(.*/, '');
}
