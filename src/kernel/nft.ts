import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { EventSocket } from '../netlink/event-socket.ts';
import { NFNLGRP_NFTABLES, TABLE_EVENTS, type TableEvent } from '../netlink/nftables-event.ts';
import { type Running, start } from '../program.ts';
import { CAP_NET_ADMIN } from './capabilities.ts';

/** One table of nftables, which is the daemon's alone, and the way to change it. */
export interface OwnTable {
  readonly name: string;
  /**
   * The table as nft(8) lists it, without counters and without the elements of named sets; undefined: there is none.
   * Rejects with what keeps it from being read.
   */
  list(): Promise<string | undefined>;
  /** Carries out commands in one transaction, or none of them: then it rejects with what nft says. */
  load(commands: string): Promise<void>;
  /**
   * `changed` is called after others, or nobody knows who, have changed the table. Throws SystemError where the kernel
   * has no nf_tables.
   */
  watch(changed: () => void): void;
  close(): void;
}

/** nft has so long for a command, ms: it may wait for other programs' transactions. */
const LIMIT = 10_000;
/** So much is read of what it prints, characters. */
const VOLUME = 4_194_304;
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** A table of the family inet in the network namespace of this process, by the program nft(8). */
export class NftTable implements OwnTable {
  readonly name: string;
  readonly #clock: Clock;
  #events: EventSocket<TableEvent> | undefined;
  #running: Running | undefined;
  /** The process that has changed the table last: its events may still be on the way. */
  #author: number | undefined;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  async list(): Promise<string | undefined> {
    const { fault, output, complaint } = await this.#run([
      '--stateless',
      '--terse',
      'list',
      'table',
      'inet',
      this.name,
    ]);
    if (fault === undefined) return output;
    if (complaint.startsWith('Error: No such file or directory')) return undefined;
    throw failure(fault, complaint);
  }

  async load(commands: string): Promise<void> {
    const end = this.#run(['--file', '-'], commands);
    this.#author = this.#running?.pid;
    const { fault, complaint } = await end;
    if (fault !== undefined) throw failure(fault, complaint);
  }

  watch(changed: () => void): void {
    this.#events = new EventSocket(
      { source: TABLE_EVENTS, groups: [NFNLGRP_NFTABLES] },
      {
        event: ({ table, portId }) => {
          if (table === this.name && portId !== this.#author) changed();
        },
        overrun: changed,
      },
    );
  }

  close(): void {
    this.#events?.close();
    this.#running?.kill();
  }

  async #run(
    words: readonly string[],
    input = '',
  ): Promise<{ fault: string | undefined; output: string; complaint: string }> {
    const printed = { stdout: '', stderr: '' };
    this.#running = start(
      {
        command: ['nft', ...words],
        environment: ENVIRONMENT,
        input,
        limit: LIMIT,
        capability: CAP_NET_ADMIN,
        output: (stream, of) => collect(stream, (text) => (printed[of] += text)),
      },
      this.#clock,
    );
    const fault = await this.#running.ended;
    return { fault, output: printed.stdout, complaint: printed.stderr };
  }
}

/** Reads a stream to its end, or until it is too much: then whoever goes on gets SIGPIPE, and has failed. */
function collect(stream: Readable, take: (text: string) => void): void {
  let read = 0;
  stream.on('data', (text: string) => {
    read += text.length;
    if (read > VOLUME) stream.destroy();
    else take(text);
  });
}

/** In one line: nft prints the command and marks of the place below its first. */
function failure(fault: string, complaint: string): Error {
  const [first = ''] = complaint.split('\n');
  if (first.startsWith('env: ')) return new Error('the program nft cannot be run; is nftables installed?');
  return new Error(`nft ${fault}${first === '' ? '' : `: ${first}`}`);
}
