import { MESSAGE_IDS } from '../event-name.ts';
import { type Line, SEVERITIES } from './line.ts';

/** The fields of an entry in the journal, by their names: capitals, digits and "_". */
export type JournalEntry = Readonly<Record<string, string>>;

/** The entry of a line; systemd.journal-fields(7) and docs/journal.md. */
export function journalEntry({ severity, text, event, fields }: Line): JournalEntry {
  return {
    MESSAGE: text,
    PRIORITY: `${SEVERITIES[severity]}`,
    SYSLOG_IDENTIFIER: 'fault_tolerant_router',
    ...(event && { MESSAGE_ID: MESSAGE_IDS[event], EVENT: event }),
    ...fields,
  };
}

/** The entry with "…" in place of what values have beyond so many characters. */
export function shortened(entry: JournalEntry, length: number): JournalEntry {
  const shorten = (value: string) => (value.length > length ? `${value.slice(0, length)}…` : value);
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, shorten(value)]));
}

/**
 * An entry as a datagram of the journal's native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): "NAME=value\n"
 * for each field; where a value holds a line break, "NAME\n", its length in 64 bits, little-endian, the value and "\n".
 */
export function encodeEntry(entry: JournalEntry): Uint8Array {
  return Buffer.concat(
    Object.entries(entry).flatMap(([name, value]) => {
      if (!value.includes('\n')) return [Buffer.from(`${name}=${value}\n`)];
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      return [Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')];
    }),
  );
}
