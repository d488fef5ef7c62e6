import type { Configuration } from '../config/schema.ts';
import type { Family } from '../network/address.ts';
import type { ProbeObserver } from '../probe/observer.ts';
import { attach } from '../uplink/attachment.ts';
import { initialState } from '../uplink/state.ts';
import type { UplinkName } from './event.ts';
import { identify } from './identify.ts';
import { readInterfaces } from './interfaces.ts';
import type { Machine } from './machine.ts';
import { Member } from './member.ts';
import { linesOf, linkSettings, testing } from './settings.ts';

/** What is known of a line before its first test. */
export type Past = Parameters<typeof initialState>[1];

/** The uplinks of the configuration that is in force, in its order. */
export class Roster {
  readonly #machine: Machine;
  readonly #observer: (member: Member) => ProbeObserver;
  #members: readonly Member[] = [];

  constructor(machine: Machine, observer: (member: Member) => ProbeObserver) {
    this.#machine = machine;
    this.#observer = observer;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Those of a family. */
  lines(family: Family): Member[] {
    return this.#members.filter(({ settings }) => settings.family === family);
  }

  /** Those of a configuration: who is the same line as before goes on; `past` is asked about the others, by name. */
  assemble(configuration: Configuration, past: (name: string) => Past): void {
    const { clock, open, ask, kernel } = this.#machine;
    const lines = linesOf(configuration);
    const { links, defaults } = readInterfaces(kernel, lines.map(linkSettings));
    const means = { clock, open, ask, received: (index: number) => kernel.received(index) };
    const before = this.#members;
    this.#members = lines.map((settings) => {
      const probing = { ...testing(configuration.tests, settings), means, observer: this.#observer };
      const known = before.find(({ name }) => name === settings.name);
      if (known?.survives(settings, probing)) {
        known.take(settings, probing);
        return known;
      }
      // Other tests say nothing of a line before they are made.
      if (known?.isLine(settings)) return new Member(settings, known.state, probing);
      const attachment = attach(linkSettings(settings), links, defaults);
      return new Member(settings, initialState(attachment, past(settings.name), clock.now()), probing);
    });
    for (const member of before) if (!this.#members.includes(member)) member.close();
  }

  /** That of a name; undefined when there is none. */
  of(name: string): Member | undefined {
    return this.#members.find((member) => member.name === name);
  }

  /** The lines of an uplink, named by its description or interface, or one of them; throws UnknownUplinkError. */
  find(word: string): Member[] {
    const titles = this.#members.map(({ title }) => title);
    const meant = identify(word, titles);
    return this.#members.filter((_, index) => meant.includes(titles[index] as UplinkName));
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}
