import { Cadence, type CadenceRules } from './cadence.ts';
import { Evidence, type EvidenceRules, type Miss } from './evidence.ts';
import { type Testimony, testimony } from './testimony.ts';
import type { TargetRecord } from './target-record.ts';
import { type Attempt, type Waiting, WaitingProbes } from './waiting.ts';

/** How a detector judges and how often it asks. */
export interface DetectorRules extends EvidenceRules, CadenceRules {}

/** Whether the uplink works, with its evidence. */
export interface Verdict {
  readonly passed: boolean;
  /** The evidence in words. */
  readonly reason: string;
}

/** A target with so many probes under way is not asked again. */
const MOST_WAITING = 16;
/** So many rounds show whether a line that was slow is fast again. */
const LONGEST_HOPE = 20;

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
  readonly #cadence: Cadence;
  readonly #waiting = new WaitingProbes();
  #belief: Belief = 'none';
  #verdictAt: number;
  /** When the probe was sent whose answer gave hope; what was asked before it does not count against that. */
  #hopefulSince = Number.NEGATIVE_INFINITY;
  /** Targets that left a probe unanswered in this hope. */
  readonly #disappointing = new Set<TargetRecord>();
  /** Data arrive by the line while replies do not: it is full rather than dead. */
  busy = false;

  /** `targets` by name, in the order in which they shall be asked; `now`: when the first are. */
  constructor(targets: readonly string[], rules: DetectorRules, now: number) {
    this.#rules = rules;
    this.#evidence = new Evidence(targets, rules);
    this.#cadence = new Cadence(rules, now);
    this.#verdictAt = now + rules.interval;
    this.restart(now);
  }

  /** All targets are being asked, since something speaks against the line or for its return. */
  get searching(): boolean {
    return this.#cadence.rounds !== undefined;
  }

  /** A reply is overdue, or too late, at this moment. */
  misses(now: number): boolean {
    return this.#waiting.dueAt <= now;
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

  /** Each target as it stands. */
  get testimonies(): Testimony[] {
    return this.#evidence.records.map(testimony);
  }

  /** These targets are dead, whatever the line: it is judged without them. */
  setAside(names: ReadonlySet<string>): void {
    this.#evidence.setAside(names);
  }

  /** Asks all targets at once although nothing speaks against the line. */
  inspect(now: number): void {
    if (this.#belief === 'works' && !this.searching) this.#burst(now);
  }

  /** The time over which quiet probes are spread from `now` on, ms. */
  pace(interval: number, now: number): void {
    if (interval === this.#cadence.interval) return;
    this.#cadence.pace(interval, now);
    this.#verdictAt = now + interval;
  }

  /** What is under way may have gone astray through no fault of the line: asks anew, and judges by that. */
  restart(now: number): void {
    this.#waiting.clear();
    this.#evidence.forget(now);
    this.#cadence.quieten();
    if (this.#belief === 'hope') this.#belief = 'failed';
    if (this.#belief !== 'failed') this.#burst(now);
  }

  /** The targets that must get a probe now. */
  ask(now: number): string[] {
    if (this.#cadence.roundIsDue(now)) {
      const over = this.#belief === 'works' && this.#cadence.rounds !== 0 && this.#evidence.calm;
      if (!over) return this.#round(now);
      this.#cadence.quieten();
    }
    if (!this.#cadence.slotIsDue(now)) return [];
    this.#cadence.slot(now);
    return [this.#evidence.next(now).name];
  }

  /** A probe that `ask` named has left. */
  sent(target: string, sentAt: number): Attempt {
    const record = this.#record(target);
    record.askedAt = sentAt;
    const lostAt = sentAt + this.#rules.timeout;
    const overdueAt = Math.min(lostAt, sentAt + record.roundTrip.patience);
    const waiting: Waiting = { target, sentAt, record, overdueAt, lostAt };
    this.#waiting.add(waiting);
    return waiting;
  }

  /** The reply to a probe that waits has come. */
  answered(attempt: Attempt, rtt: number, now: number): void {
    const waiting = this.#waiting.take(attempt);
    if (waiting === undefined) return;
    const news = this.#evidence.startles(rtt, waiting.record);
    this.#evidence.answer(waiting.record, waiting.sentAt, rtt, waiting.missed);
    if (news) this.inspect(now);
    if (this.#belief === 'failed' && this.#cadence.mayHope(now)) {
      this.#belief = 'hope';
      this.#hopefulSince = waiting.sentAt;
      this.#disappointing.clear();
      this.#burst(now);
    }
  }

  /** A probe that waits has failed before its time: somebody says why. */
  failed(attempt: Attempt, why: string, now: number): void {
    const waiting = this.#waiting.take(attempt);
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
    for (const waiting of this.#waiting.overdue(now))
      waiting.missed = this.#miss(waiting.record, waiting.sentAt, now);
    const lost = this.#waiting.lost(now);
    for (const { record, sentAt, missed } of lost)
      if (missed === 'overdue') this.#evidence.lose(record, sentAt);
    return lost;
  }

  /** What is clear now, if it is news or if an interval is over; else undefined. */
  verdict(now: number): Verdict | undefined {
    // In quiet times nothing is pressing: what is urgent has begun a burst.
    if (this.#belief === 'works' && !this.searching && now < this.#verdictAt) return undefined;
    const news = this.#conclude(now);
    if (news === undefined && (now < this.#verdictAt || this.#belief === 'none')) return undefined;
    this.#verdictAt = now + this.#cadence.interval;
    const passed = this.#belief === 'works';
    const reason = news ?? (passed ? this.#evidence.praise : this.#evidence.complaint(now));
    // Words shall speak of what was lately; a burst is told as a whole.
    if (!this.searching) this.#evidence.count(now);
    return { passed, reason };
  }

  /** When the owner has to look again, ms. */
  get wakeAt(): number {
    const verdictAt = this.#belief === 'none' ? Number.POSITIVE_INFINITY : this.#verdictAt;
    return Math.min(this.#cadence.dueAt, this.#waiting.dueAt, verdictAt);
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
    const faithless = this.#evidence.jury.filter((record) => this.#disappointing.has(record));
    const tired = (this.#cadence.rounds ?? 0) > LONGEST_HOPE;
    return this.#evidence.tooMany(faithless) || (tired && this.#evidence.slow);
  }

  #believe(belief: 'works' | 'failed', why: string, now: number): string {
    this.#belief = belief;
    this.#cadence.settle();
    this.#evidence.settle(belief === 'works', now);
    return why;
  }

  #despair(now: number): void {
    this.#belief = 'failed';
    this.#evidence.disappoint();
    this.#cadence.despair(now);
  }

  #miss(record: TargetRecord, sentAt: number, now: number, why?: string): Miss {
    const miss = this.#evidence.miss(record, sentAt, why);
    if (this.#belief === 'hope' && sentAt >= this.#hopefulSince) this.#disappointing.add(record);
    // That a dead target stays dead is no news.
    const news = record.unanswered === 1;
    if (news && !this.searching && this.#belief !== 'failed') this.#burst(now);
    return miss;
  }

  #burst(now: number): void {
    this.#cadence.burst(now);
    // Words tell the whole of a doubt.
    if (!this.#evidence.doubtful) this.#evidence.count(now);
  }

  #round(now: number): string[] {
    const { jury, alarming } = this.#evidence;
    this.#cadence.round(now, jury.length, this.#belief === 'hope' ? 'hopeful' : 'suspicious', alarming);
    return jury.filter((record) => this.#waiting.of(record) < MOST_WAITING).map(({ name }) => name);
  }

  #record(target: string): TargetRecord {
    const record = this.#evidence.records.find(({ name }) => name === target);
    if (record === undefined) throw new RangeError(`${target} is no target of this detector`);
    return record;
  }
}
