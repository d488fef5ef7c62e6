import { isDeepStrictEqual } from 'node:util';
import { type Attachment, attach } from '../uplink/attachment.ts';
import { type Interfaces, readInterfaces } from './interfaces.ts';
import type { Machine } from './machine.ts';
import type { Member } from './member.ts';
import { linkSettings } from './settings.ts';

/** Interfaces that could not be read are read again after this time, ms. */
const REREAD = 250;

/** Who is told how the lines are attached to the network. */
export interface LinkListener {
  /** A line is attached in another way. */
  attached(member: Member, attachment: Attachment): void;
  /** All have been looked at, and some are attached in another way, or none. */
  looked(changed: boolean): void;
  /** The kernel could not be asked; it will be, again. */
  failed(error: Error): void;
}

/** Compares the lines with the kernel's interfaces. */
export class LinkWatch {
  readonly #machine: Pick<Machine, 'kernel' | 'clock'>;
  readonly #members: () => readonly Member[];
  readonly #listener: LinkListener;
  #cancel = () => {};

  constructor(
    machine: Pick<Machine, 'kernel' | 'clock'>,
    members: () => readonly Member[],
    listener: LinkListener,
  ) {
    this.#machine = machine;
    this.#members = members;
    this.#listener = listener;
  }

  /** Looks at all of them now. */
  look(): void {
    const interfaces = this.#read();
    if (interfaces === undefined) return;
    const { links, defaults } = interfaces;
    let changed = false;
    for (const member of this.#members()) {
      const before = member.state.attachment;
      const attachment = attach(linkSettings(member.settings), links, defaults, before);
      if (isDeepStrictEqual(attachment, before)) continue;
      changed = true;
      this.#listener.attached(member, attachment);
    }
    this.#listener.looked(changed);
  }

  close(): void {
    this.#cancel();
  }

  #read(): Interfaces | undefined {
    const { kernel, clock } = this.#machine;
    try {
      return readInterfaces(
        kernel,
        this.#members().map(({ settings }) => linkSettings(settings)),
      );
    } catch (error) {
      this.#listener.failed(error as Error);
      this.#cancel();
      this.#cancel = clock.at(clock.now() + REREAD, () => this.look());
      return undefined;
    }
  }
}
