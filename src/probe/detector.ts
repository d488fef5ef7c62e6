import { Evidence, type EvidenceRules, type Miss } from './evidence.ts';
import type { TargetRecord } from './target-record.ts';

/** How a detector judges and how often it asks. */
export interface DetectorRules extends EvidenceRules {
  /** In quiet times `needed` probes are spread over this time, ms. */
  readonly interval: number;
}

/** Whether the uplink works, with its evidence. */
export interface Verdict {
  readonly passed: boolean;
  /** The evidence in words. */
  readonly reason: string;
}

/** A probe whose fate is not known yet. */
export interface Attempt {
  readonly target: string;
  readonly sentAt: number;
}

interface Waiting extends Attempt {
  readonly record: TargetRecord;
  readonly overdueAt: number;
  readonly lostAt: number;
  missed?: Miss;
}

/** Rounds that ask every target in suspicion: so many in the time after which a line counts as silent; pauses in ms. */
const SUSPICIOUS_ROUNDS = 4;
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 500;
/** In hope: so many in an interval; pauses in ms. */
const HOPEFUL_ROUNDS = 20;
const SHORTEST_HOPEFUL_PAUSE = 50;
const LONGEST_HOPEFUL_PAUSE = 250;
/** After so many probes the rounds of suspicion become rarer, each pause longer by a fifth. */
const MANY = 60;
const FEW = 4;
const GROWTH = 1.2;
/** A target with so many probes under way is not asked again. */
const MOST_WAITING = 16;
/** So many rounds show whether a line that was slow is fast again. */
const LONGEST_HOPE = 20;
/** After a hope in vain the next one waits, ms, and twice as long each time, but no longer than a third of the interval. */
const DISAPPOINTMENT = 250;

/** What the evidence of a line promises: that it works, that it may have failed or not, that it has failed. */
export type Outlook = 'good' | 'unclear' | 'bad';

/**
 * What is believed of the line: nothing yet; that it works; that it has failed; that it may have come back, since an
 * answer has come.
 */
type Belief = 'none' | 'works' | 'failed' | 'hope';

/**
 * Judges an uplink by the probes that it asks for. In quiet times these are few and spread evenly over the interval;
 * at the first sign of trouble, or of hope, all targets are asked at once, again and again, until the evidence is
 * clear. Pure: it touches no clock and no socket; its owner sends what `ask` names, tells what came of it, and takes
 * the verdict after each of these.
 */
export class Detector {
  readonly #rules: DetectorRules;
  readonly #evidence: Evidence;
  #waiting: Waiting[] = [];
  #belief: Belief = 'none';
  /** Rounds of the burst so far; undefined: probes come one by one. */
  #rounds: number | undefined;
  #roundAt = 0;
  #quietAt: number;
  #verdictAt: number;
  #interval: number;
  #hopes = 0;
  #hopeAt = Number.NEGATIVE_INFINITY;
  /** Targets that left a probe unanswered in this hope. */
  readonly #disappointing = new Set<TargetRecord>();
  /** Data arrive by the line while replies do not: it is full rather than dead. */
  busy = false;

  /** `targets` by name, in the order in which they shall be asked; `now`: when the first are. */
  constructor(targets: readonly string[], rules: DetectorRules, now: number) {
    this.#rules = rules;
    this.#evidence = new Evidence(targets, rules);
    this.#interval = rules.interval;
    this.#quietAt = now;
    this.#verdictAt = now + rules.interval;
    this.restart(now);
  }

  /** All targets are being asked, since something speaks against the line or for its return. */
  get searching(): boolean {
    return this.#rounds !== undefined;
  }

  /** A reply is overdue, or too late, at this moment. */
  misses(now: number): boolean {
    return this.#waiting.some(
      ({ missed, overdueAt, lostAt }) => (missed === undefined ? overdueAt : lostAt) <= now,
    );
  }

  /** What the evidence promises. */
  get outlook(): Outlook {
    if (this.#belief !== 'works') return 'bad';
    return this.#evidence.alarming || this.#evidence.grave ? 'unclear' : 'good';
  }

  /** The line may have to be left soon: it is good to know whether others are better. */
  get grave(): boolean {
    return this.#belief === 'works' && this.#evidence.grave;
  }

  /** Names of the targets that answer, and of those that seem to be dead. */
  get targets(): Evidence['targets'] {
    return this.#evidence.targets;
  }

  /** These targets are dead, whatever the line: it is judged without them. */
  setAside(names: ReadonlySet<string>): void {
    this.#evidence.setAside(names);
  }

  /** Asks all targets at once although nothing speaks against the line. */
  inspect(now: number): void {
    if (this.#belief === 'works' && this.#rounds === undefined) this.#burst(now);
  }

  /** The time over which quiet probes are spread from `now` on, ms. */
  pace(interval: number, now: number): void {
    if (interval === this.#interval) return;
    this.#interval = interval;
    this.#quietAt = this.#slotAfter(now);
    this.#verdictAt = now + interval;
  }

  /** What is under way may have gone astray through no fault of the line: asks anew, and judges by that. */
  restart(now: number): void {
    this.#waiting = [];
    this.#evidence.forget(now);
    this.#quietAt = now;
    this.#rounds = undefined;
    if (this.#belief === 'hope') this.#belief = 'failed';
    if (this.#belief !== 'failed') this.#burst(now);
  }

  /** The targets that must get a probe now. */
  ask(now: number): string[] {
    if (this.#rounds !== undefined && now >= this.#roundAt) {
      if (this.#belief !== 'works' || this.#rounds === 0 || !this.#evidence.calm) return this.#round(now);
      this.#rounds = undefined;
    }
    if (now < this.#quietAt) return [];
    this.#quietAt = this.#slotAfter(now);
    return [this.#evidence.next(now).name];
  }

  /** A probe that `ask` named has left. */
  sent(target: string, sentAt: number): Attempt {
    const record = this.#record(target);
    record.askedAt = sentAt;
    const lostAt = sentAt + this.#rules.timeout;
    const overdueAt = Math.min(lostAt, sentAt + record.roundTrip.patience);
    const waiting: Waiting = { target, sentAt, record, overdueAt, lostAt };
    this.#waiting.push(waiting);
    return waiting;
  }

  /** The reply to a probe that waits has come. */
  answered(attempt: Attempt, rtt: number, now: number): void {
    const waiting = this.#take(attempt);
    if (waiting === undefined) return;
    const news = this.#evidence.startles(rtt, waiting.record);
    this.#evidence.answer(waiting.record, waiting.sentAt, rtt, waiting.missed);
    if (news && this.#belief === 'works' && this.#rounds === undefined) this.#burst(now);
    if (this.#belief === 'failed' && now >= this.#hopeAt) {
      this.#belief = 'hope';
      this.#disappointing.clear();
      this.#burst(now);
    }
  }

  /** A probe that waits has failed before its time: somebody says why. */
  failed(attempt: Attempt, why: string, now: number): void {
    const waiting = this.#take(attempt);
    if (waiting !== undefined) this.#miss(waiting.record, waiting.sentAt, now, why);
  }

  /** A probe that `ask` named could not be sent. */
  unsent(target: string, why: string, now: number): void {
    const record = this.#record(target);
    record.askedAt = now;
    this.#miss(record, now, now, why);
  }

  /** Looks at what waits; returns the probes that are lost. */
  expire(now: number): Attempt[] {
    for (const waiting of this.#waiting) {
      if (waiting.missed === undefined && waiting.overdueAt <= now)
        waiting.missed = this.#miss(waiting.record, waiting.sentAt, now);
    }
    const lost = this.#waiting.filter(({ lostAt }) => lostAt <= now);
    for (const { record, missed } of lost) if (missed === 'overdue') this.#evidence.lose(record);
    if (lost.length > 0) this.#waiting = this.#waiting.filter(({ lostAt }) => lostAt > now);
    return lost;
  }

  /** What is clear now, if it is news or if an interval is over; else undefined. */
  verdict(now: number): Verdict | undefined {
    const news = this.#conclude(now);
    if (news === undefined && (now < this.#verdictAt || this.#belief === 'none')) return undefined;
    this.#verdictAt = now + this.#interval;
    const passed = this.#belief === 'works';
    const reason = news ?? (passed ? this.#evidence.praise : this.#evidence.complaint(now));
    // Words shall speak of what was lately; a burst is told as a whole.
    if (this.#rounds === undefined) this.#evidence.count(now);
    return { passed, reason };
  }

  /** When the owner has to look again, ms. */
  get wakeAt(): number {
    let time = Math.min(this.#quietAt, this.#belief === 'none' ? Number.POSITIVE_INFINITY : this.#verdictAt);
    if (this.#rounds !== undefined) time = Math.min(time, this.#roundAt);
    for (const { missed, overdueAt, lostAt } of this.#waiting)
      time = Math.min(time, missed === undefined ? overdueAt : lostAt);
    return time;
  }

  /** Why the belief has changed; undefined when it has not. */
  #conclude(now: number): string | undefined {
    switch (this.#belief) {
      case 'none':
      case 'works': {
        const fault = this.#evidence.fault(now, this.busy);
        if (fault !== undefined) return this.#believe('failed', fault, now);
        if (this.#belief === 'works' || !this.#evidence.answered) return undefined;
        return this.#believe('works', this.#evidence.praise, now);
      }
      case 'hope':
        if (this.#evidence.trusted) return this.#believe('works', this.#evidence.praise, now);
        if (this.#disappointed) this.#despair(now);
        return undefined;
      case 'failed':
        return undefined;
    }
  }

  /** Too many targets leave probes unanswered, or all of them take too long. */
  get #disappointed(): boolean {
    const faithful = this.#evidence.records.length - this.#disappointing.size;
    return faithful < this.#rules.needed || (this.#evidence.slow && (this.#rounds ?? 0) > LONGEST_HOPE);
  }

  #believe(belief: 'works' | 'failed', why: string, now: number): string {
    this.#belief = belief;
    this.#rounds = undefined;
    this.#hopes = 0;
    this.#hopeAt = Number.NEGATIVE_INFINITY;
    this.#evidence.settle(belief === 'works', now);
    return why;
  }

  #despair(now: number): void {
    this.#belief = 'failed';
    this.#rounds = undefined;
    this.#hopeAt = now + Math.min(this.#interval / 3, DISAPPOINTMENT * 2 ** this.#hopes++);
  }

  #miss(record: TargetRecord, sentAt: number, now: number, why?: string): Miss {
    const miss = this.#evidence.miss(record, sentAt, why);
    if (this.#belief === 'hope') this.#disappointing.add(record);
    // That a dead target stays dead is no news.
    const news = record.unanswered === 1;
    if (news && this.#rounds === undefined && this.#belief !== 'failed') this.#burst(now);
    return miss;
  }

  #burst(now: number): void {
    this.#rounds = 0;
    this.#roundAt = now;
    this.#evidence.count(now);
  }

  #round(now: number): string[] {
    const rounds = (this.#rounds ?? 0) + 1;
    this.#rounds = rounds;
    this.#roundAt = now + this.#pause(rounds);
    this.#quietAt = this.#slotAfter(now);
    const open = this.#evidence.records.filter((record) => this.#underWay(record) < MOST_WAITING);
    return open.map(({ name }) => name);
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

  /** Until the round after so many. */
  #pause(rounds: number): number {
    if (this.#belief === 'hope')
      return within(this.#interval / HOPEFUL_ROUNDS, SHORTEST_HOPEFUL_PAUSE, LONGEST_HOPEFUL_PAUSE);
    const { silence, timeout } = this.#rules;
    const pause = within(Math.min(silence, timeout) / SUSPICIOUS_ROUNDS, SHORTEST_PAUSE, LONGEST_PAUSE);
    const { length } = this.#evidence.records;
    const more = this.#evidence.alarming ? 0 : Math.max(0, rounds - MANY / length);
    // Few targets are asked more often, so that it takes no longer.
    return Math.min(this.#interval, pause * within(length / FEW, 0.5, 1) * GROWTH ** more);
  }

  #underWay(record: TargetRecord): number {
    return this.#waiting.reduce((sum, waiting) => sum + Number(waiting.record === record), 0);
  }

  #take(attempt: Attempt): Waiting | undefined {
    const index = this.#waiting.indexOf(attempt as Waiting);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  #record(target: string): TargetRecord {
    const record = this.#evidence.records.find(({ name }) => name === target);
    if (record === undefined) throw new RangeError(`${target} is no target of this detector`);
    return record;
  }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
