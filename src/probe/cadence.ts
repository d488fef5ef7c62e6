/** What the pauses between probes follow from. */
export interface CadenceRules {
  /** In quiet times `needed` probes are spread over this time, ms. */
  readonly interval: number;
  readonly needed: number;
  readonly timeout: number;
  /** Time after which a line counts as silent, ms. */
  readonly silence: number;
}

/** Rounds in suspicion: so many in the time after which a line counts as silent; pauses in ms. */
const SUSPICIOUS_ROUNDS = 4;
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 500;
/** In hope: so many in an interval; pauses in ms. */
const HOPEFUL_ROUNDS = 20;
const SHORTEST_HOPEFUL_PAUSE = 50;
const LONGEST_HOPEFUL_PAUSE = 250;
/** After so many probes the rounds of suspicion become rarer, each pause longer by a fifth. */
const MANY = 60;
const GROWTH = 1.2;
/** Fewer targets than these are asked more often, so that it takes no longer. */
const FEW = 4;
/** After a hope in vain the next one waits, ms, and twice as long each time, but no longer than this part of the interval. */
const DISAPPOINTMENT = 250;
const LONGEST_DISAPPOINTMENT = 1 / 3;

/** When probes are due: one by one in quiet times, in rounds that ask every target during a burst. Pure. */
export class Cadence {
  readonly #rules: CadenceRules;
  #interval: number;
  #slotAt: number;
  /** Rounds of the burst so far; undefined: probes come one by one. */
  #rounds: number | undefined;
  #roundAt = 0;
  #hopes = 0;
  #hopeAt = Number.NEGATIVE_INFINITY;

  /** `now`: when the first probe is due. */
  constructor(rules: CadenceRules, now: number) {
    this.#rules = rules;
    this.#interval = rules.interval;
    this.#slotAt = now;
  }

  get interval(): number {
    return this.#interval;
  }

  /** From `now` on quiet probes are spread over another time, ms. */
  pace(interval: number, now: number): void {
    this.#interval = interval;
    this.#slotAt = this.#slotAfter(now);
  }

  /** Rounds of the burst so far; undefined while there is none. */
  get rounds(): number | undefined {
    return this.#rounds;
  }

  /** Every target is asked from `now` on, until `quieten`. */
  burst(now: number): void {
    this.#rounds = 0;
    this.#roundAt = now;
  }

  quieten(): void {
    this.#rounds = undefined;
  }

  roundIsDue(now: number): boolean {
    return this.#rounds !== undefined && now >= this.#roundAt;
  }

  /** A round of so many targets leaves `now`; `mood` and whether something is `alarming` tell when the next one shall. */
  round(now: number, targets: number, mood: 'hopeful' | 'suspicious', alarming: boolean): void {
    const rounds = (this.#rounds ?? 0) + 1;
    this.#rounds = rounds;
    this.#slotAt = this.#slotAfter(now);
    const more = alarming ? 0 : Math.max(0, rounds - MANY / targets);
    const pause = mood === 'hopeful' ? this.#hopefulPause : this.#suspiciousPause(targets) * GROWTH ** more;
    this.#roundAt = now + Math.min(this.#interval, pause);
  }

  slotIsDue(now: number): boolean {
    return now >= this.#slotAt;
  }

  /** A quiet probe leaves `now`. */
  slot(now: number): void {
    this.#slotAt = this.#slotAfter(now);
  }

  /** It is time to hope again. */
  mayHope(now: number): boolean {
    return now >= this.#hopeAt;
  }

  /** It was in vain. */
  despair(now: number): void {
    this.quieten();
    const longest = this.#interval * LONGEST_DISAPPOINTMENT;
    this.#hopeAt = now + Math.min(longest, DISAPPOINTMENT * 2 ** this.#hopes++);
  }

  /** It is clear how the line is. */
  settle(): void {
    this.quieten();
    this.#hopes = 0;
    this.#hopeAt = Number.NEGATIVE_INFINITY;
  }

  /** When the next probe is due. */
  get dueAt(): number {
    return this.#rounds === undefined ? this.#slotAt : Math.min(this.#slotAt, this.#roundAt);
  }

  /**
   * The next time for a quiet probe: on a grid that is the same for all uplinks, so that one look at the clock serves
   * them all, and that late timers do not shift.
   */
  #slotAfter(now: number): number {
    const pace = this.#interval / this.#rules.needed;
    const slot = (Math.floor(now / pace) + 1) * pace;
    // A fraction may be rounded down to the slot that is now.
    return slot > now ? slot : slot + pace;
  }

  get #hopefulPause(): number {
    return within(this.#interval / HOPEFUL_ROUNDS, SHORTEST_HOPEFUL_PAUSE, LONGEST_HOPEFUL_PAUSE);
  }

  #suspiciousPause(targets: number): number {
    const { silence, timeout } = this.#rules;
    const pause = within(Math.min(silence, timeout) / SUSPICIOUS_ROUNDS, SHORTEST_PAUSE, LONGEST_PAUSE);
    return pause * within(targets / FEW, 0.5, 1);
  }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
