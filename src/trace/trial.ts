import { linesOf, testing, type UplinkSettings } from '../monitor/settings.ts';
import { Course } from './course.ts';
import { Quality } from './quality.ts';
import type { Beginning, TraceRecord, TracedConfiguration } from './record.ts';
import { Replay, type Transition } from './replay.ts';
import { type Score, NOTHING, score, sum } from './score.ts';
import { type SetValues, valueOf } from './set-values.ts';

/** A transition at its time, ms since 1970, and whose it is. */
export interface Decision {
  readonly time: number;
  readonly transition: Transition;
  /** "both": both settings came to it, at the same time for the same reason. */
  readonly by: 'both' | 'recorded' | 'set';
}

/** What the same probes came to, and would have come to. */
export interface Findings {
  /** When the first run began, ms since 1970. */
  readonly since: number;
  readonly runs: number;
  /** ms in which somebody recorded. */
  readonly span: number;
  readonly probes: number;
  readonly settings: readonly { readonly key: string; readonly recorded: string; readonly set: string }[];
  readonly decisions: readonly Decision[];
  /** By the uplink's description. */
  readonly scores: ReadonlyMap<string, { readonly recorded: Score; readonly set: Score }>;
}

/** A replay, and what it decides. */
interface Attempt {
  readonly course: Course;
  readonly replay: Replay;
}

/** One run of the daemon. */
interface Run {
  readonly beginning: Beginning;
  readonly recorded: Attempt;
  readonly set: Attempt;
  readonly qualities: Map<string, Quality>;
  configuration: TracedConfiguration;
  lines: readonly UplinkSettings[];
  now: number;
}

/** Tries values out on a trace, beside those that were recorded. Pure. */
export class Trial {
  readonly #values: SetValues;
  #run: Run | undefined;
  #since: number | undefined;
  #runs = 0;
  #span = 0;
  #probes = 0;
  readonly #settings = new Map<string, { recorded: Set<string>; set: Set<string> }>();
  readonly #decisions: Decision[] = [];
  readonly #scores = new Map<string, { recorded: Score; set: Score }>();

  constructor(values: SetValues) {
    this.#values = values;
    for (const key of values.keys) this.#settings.set(key, { recorded: new Set(), set: new Set() });
  }

  /** The next record of the trace. Throws ConfigurationError where the values cannot be set. */
  feed(record: TraceRecord): void {
    if (record.kind === 'began') this.#note(record);
    if (record.kind === 'began' && record.first) {
      this.#end();
      this.#run = this.#begin(record);
      return;
    }
    const run = this.#run;
    if (run === undefined) return;
    if (record.kind === 'began') {
      run.configuration = record.configuration;
      run.lines = linesOf(record.configuration);
    }
    if (record.kind === 'told') {
      if (record.input.kind !== 'ended') run.now = record.input.now;
      this.#quality(run, record.line)?.hear(record.input);
    } else run.now = record.now;
    for (const { replay } of attemptsOf(run)) replay.feed(record);
  }

  /** Everything that was found; undefined when there was no run. */
  end(): Findings | undefined {
    this.#end();
    if (this.#since === undefined) return undefined;
    const settings = [...this.#settings].map(([key, { recorded, set }]) => ({
      key,
      recorded: [...recorded].join(', '),
      set: [...set].join(', '),
    }));
    return {
      since: this.#since,
      runs: this.#runs,
      span: this.#span,
      probes: this.#probes,
      settings,
      decisions: this.#decisions,
      scores: this.#scores,
    };
  }

  #note({ configuration }: Beginning): void {
    const set = this.#values.apply(configuration);
    for (const [key, values] of this.#settings) {
      values.recorded.add(valueOf(configuration, key));
      values.set.add(valueOf(set, key));
    }
  }

  #begin(beginning: Beginning): Run {
    const { time, now, configuration } = beginning;
    this.#since ??= time;
    this.#runs++;
    const made = (set: (configuration: TracedConfiguration) => TracedConfiguration) => {
      const course = new Course();
      return { course, replay: new Replay(beginning, set, course) };
    };
    const recorded = made((same) => same);
    return {
      beginning,
      recorded,
      // Where nothing is set there is but one.
      set: this.#settings.size === 0 ? recorded : made((configuration) => this.#values.apply(configuration)),
      qualities: new Map(),
      configuration,
      lines: linesOf(configuration),
      now,
    };
  }

  #quality({ qualities, configuration, lines }: Run, position: number): Quality | undefined {
    const line = lines[position];
    if (line === undefined) return undefined;
    const known = qualities.get(line.name);
    if (known !== undefined) return known;
    const quality = new Quality(testing(configuration.tests, line).plan.rules.timeout);
    qualities.set(line.name, quality);
    return quality;
  }

  #end(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    const { recorded, set, beginning, now, qualities } = run;
    for (const { replay, course } of attemptsOf(run)) {
      replay.finish();
      course.routed([], now);
    }
    for (const quality of qualities.values()) {
      quality.close();
      this.#probes += quality.probes;
    }
    this.#span += now - beginning.now;
    for (const { transition, by } of merged(recorded.course.transitions, set.course.transitions))
      this.#decisions.push({ time: beginning.time + transition.now - beginning.now, transition, by });
    this.#score(run);
  }

  #score({ configuration, lines, recorded, set, qualities }: Run): void {
    for (const line of lines) {
      const { leaving } = testing(configuration.tests, line).plan.rules;
      const quality = qualities.get(line.name);
      if (quality === undefined) continue;
      const judged = ({ course }: Run['set']) => score(line, course, quality, leaving);
      const { recorded: a, set: b } = this.#scores.get(line.description) ?? {
        recorded: NOTHING,
        set: NOTHING,
      };
      this.#scores.set(line.description, { recorded: sum(a, judged(recorded)), set: sum(b, judged(set)) });
    }
  }
}

function attemptsOf({ recorded, set }: Run): ReadonlySet<Attempt> {
  return new Set([recorded, set]);
}

function merged(recorded: readonly Transition[], set: readonly Transition[]): Omit<Decision, 'time'>[] {
  const key = ({ now, uplink, up, reason }: Transition) => JSON.stringify([now, uplink, up, reason]);
  const [ours, theirs] = [new Set(recorded.map(key)), new Set(set.map(key))];
  const all = [
    ...recorded.map((transition) => ({
      transition,
      by: theirs.has(key(transition)) ? ('both' as const) : ('recorded' as const),
    })),
    ...set.flatMap((transition) => (ours.has(key(transition)) ? [] : { transition, by: 'set' as const })),
  ];
  return all.toSorted((a, b) => a.transition.now - b.transition.now);
}
