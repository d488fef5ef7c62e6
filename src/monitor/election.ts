import { FAMILIES, type Family } from '../network/address.ts';
import { candidacy } from '../uplink/override.ts';
import { type Candidate, select, succession } from '../uplink/selection.ts';
import type { Member } from './member.ts';
import type { Overrides } from './overrides.ts';
import type { Roster } from './roster.ts';
import { candidate } from './settings.ts';

/** Who carries new connections. Each family has lines of its own: one may work and the other not. */
export class Election {
  readonly #roster: Roster;
  readonly #overrides: Overrides;
  /** Names of those who do. */
  #elected: readonly string[] = [];

  constructor(roster: Roster, overrides: Overrides) {
    this.#roster = roster;
    this.#overrides = overrides;
  }

  /** Those who did before the start. */
  resume(carriers: readonly string[]): void {
    this.#elected = carriers;
  }

  /** Elects anew, as the lines stand. */
  hold(): void {
    this.#elected = FAMILIES.flatMap((family) => select(this.#candidates(family), this.#elected));
  }

  isElected({ name }: Member): boolean {
    return this.#elected.includes(name);
  }

  /** By name, the places of those who would take over; see succession(). */
  succession(): ReadonlyMap<string, number> {
    return new Map(FAMILIES.flatMap((family) => [...succession(this.#candidates(family), this.#elected)]));
  }

  /** The lines of a family that work and may carry new connections. */
  able(family: Family): Member[] {
    return this.#roster
      .lines(family)
      .filter(
        ({ name, settings, state }) =>
          state.up && settings.priority_group !== undefined && this.#overrides.of(name)?.kind !== 'down',
      );
  }

  candidacy({ name, settings, state }: Member): Candidate {
    return candidacy(candidate(settings), state, this.#overrides.of(name));
  }

  #candidates(family: Family): Candidate[] {
    return this.#roster.lines(family).map((member) => this.candidacy(member));
  }
}
