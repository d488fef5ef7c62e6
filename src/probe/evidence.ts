import { delay, type Limits } from './delay.ts';
import { SequentialTest } from './sequential-test.ts';
import { SILENT, Silence } from './silence.ts';
import { answering, failing, losing } from './reason.ts';
import { TargetRecord } from './target-record.ts';
import { SEEMS_DEAD } from './testimony.ts';

/** What is asked of the targets of an uplink. */
export interface EvidenceRules {
  /** Targets that must answer. */
  readonly needed: number;
  /** Probes in a row that a target leaves unanswered at least before it counts as silent. */
  readonly attempts: number;
  /** How long a reply may take, ms. */
  readonly timeout: number;
  /** A line that is silent altogether is left after this time, ms, if its round-trip times allow. */
  readonly silence: number;
  /** What a line in service may do at most. */
  readonly leaving: Limits;
  /** What a line may do that is come back to. */
  readonly returning: Limits;
}

/** Sums of the sequential tests that decide: odds of e^8 to 1 to leave, of e^2 to 1 (25 answers for 5 %) to return. */
const DOUBT = 8;
const TRUST = 2;
/** Of a line that is full it takes more: its queue drops what it cannot hold, until the senders slow down. */
const FULL = 32;
/** A line that relapses soon, ms, must be trusted twice as much each time, up to so many times. */
const RELAPSE = 300_000;
const MOST_RELAPSES = 5;
/** A suspicion lasts for so many probes at least. */
const ENOUGH = 24;
/** A line is silent after so many times the time in which a reply was to be expected. */
const PATIENCE = 3;
/** A dead target is asked so many times less often. */
const SELDOM = 4;

/** What is thought of a probe that nobody has answered: that its reply may still come, or not. */
export type Miss = 'overdue' | 'lost';

/** What the probes of an uplink say about it. Pure. */
export class Evidence {
  readonly records: readonly TargetRecord[];
  readonly #rules: EvidenceRules;
  /** Counts what is overdue as lost, until it comes after all. */
  readonly #doubt: SequentialTest;
  /** Counts what is lost for good. */
  readonly #lasting: SequentialTest;
  readonly #trust: SequentialTest;
  /** Those that count. */
  jury: readonly TargetRecord[];
  #relapses = 0;
  #trustedAt = Number.NEGATIVE_INFINITY;
  #settledAt = Number.NEGATIVE_INFINITY;
  readonly #silence = new Silence();
  /** Since when probes are counted for words, and how many. */
  #since = 0;
  #answered = 0;

  /** `targets` by name. */
  constructor(targets: readonly string[], rules: EvidenceRules) {
    this.#rules = rules;
    this.records = targets.map((name) => new TargetRecord(name));
    this.jury = this.records;
    this.#doubt = new SequentialTest(rules.leaving.loss, 'lost', DOUBT);
    this.#lasting = new SequentialTest(rules.leaving.loss, 'lost', FULL);
    this.#trust = new SequentialTest(rules.returning.loss, 'answered', TRUST * 2 ** MOST_RELAPSES);
  }

  /** A reply to a probe sent at `sentAt` is here, after it was `missed` or not. */
  answer(record: TargetRecord, sentAt: number, rtt: number, missed: Miss | undefined): void {
    record.answer(sentAt, rtt, missed !== undefined);
    this.#answered++;
    if (missed !== undefined && this.#isOfNow(sentAt)) {
      this.#doubt.lost(-1);
      if (missed === 'lost') this.#lasting.lost(-1);
    }
    for (const test of [this.#doubt, this.#lasting, this.#trust]) test.answered();
    this.#silence.answer(sentAt);
  }

  /** The reply to a probe sent at `sentAt` is overdue, or will never come because of `refusal`. */
  miss(record: TargetRecord, sentAt: number, refusal?: string): Miss {
    record.miss(refusal);
    if (this.#isOfNow(sentAt) && this.#counts(record)) {
      this.#doubt.lost(1);
      this.#trust.lost(1);
    }
    this.#silence.miss(sentAt);
    // The replies of a target keep their order but for little: one that was overtaken will not come.
    const lost = refusal !== undefined || sentAt <= record.heard;
    if (lost) this.lose(record, sentAt);
    return lost ? 'lost' : 'overdue';
  }

  /** A probe sent at `sentAt` is lost for good. */
  lose(record: TargetRecord, sentAt: number): void {
    record.lose(sentAt);
    if (this.#isOfNow(sentAt) && this.#counts(record)) this.#lasting.lost(1);
  }

  /** What was asked before the line was left or come back to says nothing of what it is since. */
  #isOfNow(sentAt: number): boolean {
    return sentAt >= this.#settledAt;
  }

  /** What was before says nothing. */
  forget(now: number): void {
    for (const record of this.records) record.forget();
    this.#silence.forget();
    this.#reset(now);
  }

  /** The line is left, or come back to. */
  settle(passed: boolean, now: number): void {
    this.#silence.settle(passed);
    // Silence is clear, and its end too; of a loss that comes and goes it takes more to be sure.
    if (passed) this.#trustedAt = now;
    else if (this.#silence.since === undefined)
      this.#relapses = now - this.#trustedAt < RELAPSE ? Math.min(MOST_RELAPSES, this.#relapses + 1) : 0;
    this.#reset(now);
  }

  /** A hope was in vain: the line is not dead, but not well. */
  disappoint(): void {
    this.#silence.disappoint();
  }

  #reset(now: number): void {
    this.#settledAt = now;
    for (const test of [this.#doubt, this.#lasting, this.#trust]) test.reset();
    this.count(now);
  }

  /** Begins to count the probes that words speak of anew. */
  count(now: number): void {
    this.#since = now;
    this.#answered = 0;
    for (const record of this.records) record.missed = 0;
  }

  /** The target that has not been asked for longest; one that seems to be dead is asked less often. */
  next(now: number): TargetRecord {
    const patience = ({ askedAt, lost }: TargetRecord) => (now - askedAt) / (lost >= SILENT ? SELDOM : 1);
    return this.records.reduce((first, record) => (patience(record) > patience(first) ? record : first));
  }

  /** As many targets as needed have answered their latest probe. */
  get answered(): boolean {
    return this.#answering.length >= this.#needed;
  }

  /** So many probes have been judged that nothing speaks against the line any more. */
  get calm(): boolean {
    return !this.alarming && this.#doubt.sum === 0 && this.#answered + this.#missed >= ENOUGH;
  }

  /** So much was lost of late that it may be too much. */
  get doubtful(): boolean {
    return this.#doubt.sum > DOUBT / 2;
  }

  /** Something speaks so much against the line that it may have to be left soon. */
  get alarming(): boolean {
    return this.#silence.since !== undefined || this.doubtful;
  }

  /** So much that others should be asked whether they are better. */
  get grave(): boolean {
    return (
      this.doubtful ||
      this.#silence.long ||
      this.tooMany(this.jury.filter(({ unanswered }) => unanswered > 1))
    );
  }

  /** So few probes were lost of late that the line can be come back to. */
  get trusted(): boolean {
    // Sums of fractions: a hair less is enough.
    const proven = this.#trust.sum > TRUST * 2 ** this.#relapses - 1e-9;
    // Who was dead altogether and answers again had no loss that might come back.
    return (proven || this.#silence.dead) && this.answered && !this.slow;
  }

  /** It would have to be faster to be come back to. */
  get slow(): boolean {
    return delay(this.jury, this.#needed, this.#rules.returning) !== undefined;
  }

  /** These targets are dead, whatever the line: it is judged without them. */
  setAside(names: ReadonlySet<string>): void {
    this.jury = this.records.filter(({ name }) => !names.has(name));
  }

  /** A reply that took so long is news: so far the target was faster. */
  startles(rtt: number, { roundTrip: { mean = 0 } }: TargetRecord): boolean {
    const { rtt: most = Number.POSITIVE_INFINITY } = this.#rules.leaving;
    return rtt > most && mean <= most;
  }

  /** When silence, if it lasts, will speak against the line; undefined when there is none. `busy`: data arrive. */
  silenceEnds(busy: boolean): number | undefined {
    const { since } = this.#silence;
    if (since === undefined) return undefined;
    const { timeout, silence } = this.#rules;
    const known = this.jury.filter(({ roundTrip }) => roundTrip.mean !== undefined);
    const expected =
      known.length === 0 ? timeout : Math.max(...known.map(({ roundTrip }) => roundTrip.patience));
    return since + (busy ? timeout : Math.min(timeout, Math.max(silence, PATIENCE * expected)));
  }

  /** Why the line must be left, in words; undefined when nothing compels. `busy`: data arrive. */
  fault(now: number, busy: boolean): string | undefined {
    const { attempts, leaving } = this.#rules;
    const ends = this.silenceEnds(busy);
    // While nobody answers, it is time alone that tells a dead line from a slow one.
    const over = ends !== undefined && now >= ends && this.#silence.long;
    const mute = this.jury.filter(
      ({ refusal, unanswered, lost }) =>
        refusal !== undefined || (over ? unanswered >= attempts : lost >= Math.max(attempts, SILENT)),
    );
    if (this.tooMany(mute)) return this.#describe(mute, now);
    const slowness = delay(this.jury, this.#needed, leaving);
    if (slowness !== undefined) return slowness;
    const full = busy && this.tooMany(this.jury.filter(({ roundTrip }) => roundTrip.stretched));
    const lossy = this.#doubt.sum >= DOUBT && (!busy || this.#lasting.sum >= (full ? FULL : DOUBT));
    if (!lossy || ends !== undefined || !this.tooMany(this.jury.filter(({ missed }) => missed > 0)))
      return undefined;
    const suspect = this.jury.filter(({ lost }) => lost >= SEEMS_DEAD - 1);
    return this.tooMany(suspect) ? this.#describe(suspect, now) : this.#loss(now);
  }

  /** What speaks for the line, in words. */
  get praise(): string {
    const asked = this.records.filter(({ askedAt }) => askedAt > Number.NEGATIVE_INFINITY);
    return answering(this.#answering.length, asked.length, this.#needed);
  }

  /** What still speaks against a line that has failed, in words. */
  complaint(now: number): string {
    return this.fault(now, false) ?? this.#loss(now);
  }

  /** Of those that count, as many as may be asked for. */
  get #needed(): number {
    return Math.min(this.#rules.needed, this.jury.length);
  }

  get #answering(): readonly TargetRecord[] {
    return this.jury.filter(({ answers }) => answers);
  }

  get #missed(): number {
    return this.records.reduce((sum, { missed }) => sum + Math.max(0, missed), 0);
  }

  /** Without these too few of those that count are left. */
  tooMany(records: readonly TargetRecord[]): boolean {
    return this.jury.length - records.length < this.#needed;
  }

  /** A target that seems to be dead says nothing of the line, if it can be done without. */
  #counts(record: TargetRecord): boolean {
    if (!this.jury.includes(record)) return false;
    return record.unanswered < SEEMS_DEAD || this.jury.length === this.#needed;
  }

  #loss(now: number): string {
    return losing(this.#missed, this.#missed + this.#answered, now - this.#since);
  }

  #describe(records: readonly TargetRecord[], now: number): string {
    const { since = now } = this.#silence;
    return failing(records, this.jury.length, now - since, this.#needed);
  }
}
