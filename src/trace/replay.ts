import { DeadTargets } from '../monitor/dead-targets.ts';
import { Deliberation } from '../monitor/deliberation.ts';
import type { UplinkName } from '../monitor/event.ts';
import { candidate, linesOf, linkSettings, testing } from '../monitor/settings.ts';
import type { Verdict } from '../probe/detector.ts';
import { FAMILIES, type Family } from '../network/address.ts';
import { candidacy, type Override } from '../uplink/override.ts';
import { type Candidate, select } from '../uplink/selection.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Beginning, TraceRecord, TracedConfiguration } from './record.ts';
import { ReplayedLine, type Retest } from './replayed-line.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An uplink has gone up or down, at a time in ms, for a reason in words. */
export interface Transition {
  readonly now: number;
  readonly uplink: UplinkName;
  readonly up: boolean;
  readonly reason: string;
  /** Its link, and not its probes, speaks against it. */
  readonly unlinked: boolean;
}

/** Who is told what is decided. */
export interface ReplayListener {
  moved(transition: Transition): void;
  /** These lines, by name, carry new connections from now on. */
  routed(lines: readonly string[], now: number): void;
}

/**
 * Makes the decisions of a recorded run again: by the same settings the same ones, for the same reasons, and by others
 * those that they would have made of the same probes. Pure.
 */
export class Replay {
  readonly #set: (configuration: TracedConfiguration) => TracedConfiguration;
  readonly #listener: ReplayListener;
  readonly #clock: VirtualClock;
  readonly #deliberation: Deliberation;
  readonly #deadTargets = new DeadTargets();
  /** The settings are those of the recorded run. */
  #alike = false;
  #lines: readonly ReplayedLine[] = [];
  readonly #overrides = new Map<string, Override>();
  #selected: readonly string[] = [];
  /** Who was up when it was last told. */
  #told: ReadonlyMap<string, boolean> = new Map();
  /** Links have changed, and there may be more of it. */
  #relinked = false;
  readonly #calls = new Map<ReplayedLine, () => void>();

  /** `beginning`: the first of the run; `set`: how its configurations shall be read. */
  constructor(
    beginning: Beginning,
    set: (configuration: TracedConfiguration) => TracedConfiguration,
    listener: ReplayListener,
  ) {
    this.#set = set;
    this.#listener = listener;
    this.#clock = new VirtualClock(beginning.now);
    this.#deliberation = new Deliberation(this.#clock, () => this.#decide());
    this.#begin(beginning);
    this.#selected = beginning.origins.flatMap(({ routing }, id) => (routing ? this.#name(id) : []));
    listener.routed(this.#selected, beginning.now);
    this.#told = new Map(this.#lines.map(({ name }) => [name, true]));
    this.#decide();
  }

  /** What came next. */
  feed(record: TraceRecord): void {
    const now = timeOf(record) ?? this.#clock.now();
    // Links that change at once are one change.
    if (this.#relinked && !(record.kind === 'befell' && record.incident.kind === 'attached')) this.#decide();
    this.#clock.advance(now);
    switch (record.kind) {
      case 'began':
        this.#begin(record);
        this.#decide();
        return;
      case 'told': {
        const line = this.#line(record.line);
        this.#judge(line, line.hear(record.input));
        return;
      }
      case 'decided':
        if (this.#alike) this.#decide();
        return;
      case 'befell':
        this.#line(record.line).step(record.incident, now);
        if (record.incident.kind === 'attached') this.#relinked = true;
        else if (record.incident.kind === 'gateway-silent') this.#decide();
        return;
      case 'overridden':
        if (record.is === undefined) this.#overrides.delete(this.#name(record.line));
        else this.#overrides.set(this.#name(record.line), record.is);
        this.#decide();
    }
  }

  /** The run ends here: what was about to be decided is. */
  finish(): void {
    if (this.#relinked) this.#decide();
    this.#clock.settle();
  }

  #begin({ configuration, origins, targets, now }: Beginning): void {
    const set = this.#set(configuration);
    this.#alike = isDeepStrictEqual(set, configuration);
    const before = this.#lines;
    this.#overrides.clear();
    const recorded = linesOf(configuration);
    this.#lines = linesOf(set).map((settings, id) => {
      const { state, override } = origins[id]!;
      if (override !== undefined) this.#overrides.set(settings.name, override);
      const retest: Retest = {
        recorded: testing(configuration.tests, recorded[id]!),
        set: testing(set.tests, settings),
      };
      const known = before.find(({ name }) => name === settings.name);
      if (known === undefined) return probed(new ReplayedLine(settings, state, retest), targets[id]!, now);
      if (!isDeepStrictEqual(linkSettings(known.settings), linkSettings(settings))) known.state = state;
      known.take(settings, retest);
      return known;
    });
    for (const line of before) if (!this.#lines.includes(line)) this.#calls.get(line)?.();
    this.#clock.advance(now);
  }

  #line(id: number): ReplayedLine {
    return this.#lines[id]!;
  }

  #name(id: number): string {
    return this.#line(id).name;
  }

  /** See Monitor. */
  #judge(line: ReplayedLine, verdict: Verdict | undefined): void {
    this.#call(line);
    if (verdict === undefined) return;
    const now = this.#clock.now();
    const news = this.#deadTargets.review(this.#lines, now, !verdict.passed);
    if (news !== undefined && !verdict.passed) return;
    const { up, held } = line.state;
    line.step({ kind: 'checked', verdict }, now);
    if (line.state.up === up && line.state.held === held) return;
    // How long it was waited with the same decision has been recorded.
    if (!this.#alike) this.#deliberation.begin(() => this.#able(line.settings.family));
  }

  /** Wakes the line when it has to look. */
  #call(line: ReplayedLine): void {
    this.#calls.get(line)?.();
    const time = line.wakeAt;
    if (time === Number.POSITIVE_INFINITY) return;
    this.#calls.set(
      line,
      this.#clock.at(time, () => this.#judge(line, line.wake(this.#clock.now()))),
    );
  }

  #able(family: Family): ReplayedLine[] {
    return this.#of(family).filter(
      ({ name, settings, state }) =>
        state.up && settings.priority_group !== undefined && this.#overrides.get(name)?.kind !== 'down',
    );
  }

  #decide(): void {
    const now = this.#clock.now();
    this.#relinked = false;
    this.#deliberation.end();
    for (const line of this.#lines) this.#tell(line, now);
    this.#told = new Map(this.#lines.map(({ name, state }) => [name, state.up]));
    const selected = FAMILIES.flatMap((family) => select(this.#candidates(family), this.#selected));
    if (isDeepStrictEqual(selected, this.#selected)) return;
    this.#selected = selected;
    this.#listener.routed(selected, now);
  }

  #of(family: Family): ReplayedLine[] {
    return this.#lines.filter(({ settings }) => settings.family === family);
  }

  #candidates(family: Family): Candidate[] {
    return this.#of(family).map(({ name, settings, state }) =>
      candidacy(candidate(settings), state, this.#overrides.get(name)),
    );
  }

  #tell(
    {
      name,
      settings: { interface: device, family, description },
      state: { up, reason, attachment },
    }: ReplayedLine,
    now: number,
  ): void {
    if (this.#told.get(name) === up) return;
    const unlinked = attachment.fault !== undefined;
    this.#listener.moved({ now, uplink: { interface: device, family, description }, up, reason, unlinked });
  }
}

function timeOf(record: TraceRecord): number | undefined {
  if (record.kind !== 'told') return record.now;
  return record.input.kind === 'ended' ? undefined : record.input.now;
}

/** A line that is being probed already gets a detector that knows nothing of it yet. */
function probed(line: ReplayedLine, targets: readonly string[], now: number): ReplayedLine {
  if (targets.length > 0) line.hear({ kind: 'begun', targets, now });
  return line;
}
