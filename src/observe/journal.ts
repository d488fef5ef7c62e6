import { fstatSync } from 'node:fs';
import { AF_UNIX, unixAddress } from '../native/sockaddr.ts';
import { SystemError } from '../native/system-error.ts';
import { SOCK_DGRAM, Socket } from '../native.ts';
import { encodeEntry, type JournalEntry, journalEntry, shortened } from './journal-entry.ts';
import type { Line } from './line.ts';

/** Values of an entry that is longer than a datagram can be are cut to so many characters. */
const SHORT = 1000;

/**
 * systemd has connected standard output, or another open descriptor, with its journal. The environment alone tells
 * nothing: a pipe may lie in between. systemd.exec(5), $JOURNAL_STREAM.
 */
export function leadsToJournal(environment: NodeJS.ProcessEnv, descriptor = 1): boolean {
  const { dev, ino } = fstatSync(descriptor);
  return environment['JOURNAL_STREAM'] === `${dev}:${ino}`;
}

/** The systemd journal, which takes lines with fields; sd_journal_send(3). */
export class Journal {
  readonly #socket = new Socket(AF_UNIX, SOCK_DGRAM, 0, { slots: 1, slotSize: 1 });
  readonly #address: Uint8Array;

  constructor(path = '/run/systemd/journal/socket') {
    this.#address = unixAddress(path);
  }

  /** False when the journal does not take it, because it is not there or has fallen behind. Never waits. */
  write(line: Line): boolean {
    const entry = journalEntry(line);
    const refusal = this.#send(entry);
    if (refusal === 'EMSGSIZE') return this.#send(shortened(entry, SHORT)) === undefined;
    return refusal === undefined;
  }

  /** The name of the error, if there is one. The address goes with each datagram: the journal may start anew. */
  #send(entry: JournalEntry): string | undefined {
    try {
      this.#socket.send(encodeEntry(entry), this.#address);
      return undefined;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return error.code;
    }
  }
}
