import type { Clock } from '../clock.ts';
import { Detector, type DetectorRules, type Outlook } from './detector.ts';
import type { OpenEcho } from './echo-socket.ts';
import type { Testimony } from './testimony.ts';
import { Echoes } from './echoes.ts';
import type { Asked, Cause } from './input.ts';
import { Hurry, paceOf } from './hurry.ts';
import { Inquiries } from './inquiries.ts';
import type { Method, Outcome } from './method.ts';
import type { ProbeObserver } from './observer.ts';
import type { ProbePath } from './path.ts';
import { type SoloTarget, type Target, targetName } from './target.ts';
import { TrafficMeter } from './traffic-meter.ts';
import type { Attempt } from './waiting.ts';

/**
 * A timer that is so late, in ms, speaks of this machine (a blocked process, a suspended guest), not of an
 * uplink.
 */
const STALL = 250;

export interface ProbePlan {
  readonly targets: readonly Target[];
  readonly rules: DetectorRules;
}

/** What a prober works with. */
export interface ProbeMeans {
  readonly clock: Clock;
  readonly open: OpenEcho;
  readonly ask: Method<SoloTarget>;
  /** Bytes that an interface has received so far, by its index; undefined when nobody knows. */
  readonly received: (index: number) => number | undefined;
}

/** Probes one uplink as its detector asks for it, tells that what came back, and reports its verdicts. */
export class Prober {
  readonly #plan: ProbePlan;
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #means: ProbeMeans;
  readonly #observer: ProbeObserver;
  #path: ProbePath | undefined;
  #detector: Detector | undefined;
  readonly #echoes: Echoes;
  readonly #inquiries = new Inquiries();
  readonly #meter = new TrafficMeter();
  readonly #hurry = new Hurry();
  /** The detector knows of a hurry. */
  #paced = false;
  /** What the detector has asked for at once. */
  #asked: Asked[] = [];
  #mayBeVoided = true;
  #alarmed = false;
  #aside: ReadonlySet<string> = new Set();
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancel = () => {};

  constructor(plan: ProbePlan, means: ProbeMeans, observer: ProbeObserver) {
    this.#plan = plan;
    this.#targets = new Map(plan.targets.map((target) => [targetName(target), target]));
    this.#means = means;
    this.#observer = observer;
    this.#echoes = new Echoes(means.open, {
      sent: (target, sentAt) => this.#sent(target, sentAt),
      unsent: (target, why, now) => this.#unsent(target, why, now),
      arrived: (attempt, outcome) => this.#conclude(attempt, outcome),
    });
  }

  /** Probes along a path from now on, at once when it is another than before; rests while there is none. */
  follow(path: ProbePath | undefined): void {
    if (JSON.stringify(path) === JSON.stringify(this.#path)) return;
    this.close();
    this.#path = path;
    if (path === undefined) return;
    const now = this.#means.clock.now();
    this.#hurry.begin(now);
    const { rules } = this.#plan;
    const targets = shuffled([...this.#targets.keys()]);
    this.#detector = new Detector(targets, rules, now);
    this.#observer.told?.({ kind: 'begun', targets, now });
    this.#detector.setAside(this.#aside);
    this.#paced = false;
    this.#setPace(now);
    // In a turn of its own: whoever names the path is not yet ready for a verdict.
    this.#wake(now);
  }

  /** While hurried, probes follow each other soon: nothing works, and the first uplink that does is wanted. */
  hurry(hurried: boolean): void {
    if (hurried === this.#hurry.wanted) return;
    this.#hurry.wanted = hurried;
    this.#setPace(this.#means.clock.now());
    this.#schedule();
  }

  /** Asks anew, as of a line of which nothing is known: what was known does not hold any more. */
  doubt(): void {
    const path = this.#path;
    this.follow(undefined);
    this.follow(path);
  }

  /**
   * Asks anew what is under way, once until the next verdict: probes may have gone astray through no fault of the line.
   * True when it did.
   */
  restart(): boolean {
    const now = this.#means.clock.now();
    if (this.#detector === undefined || !this.#mayBeVoided) return false;
    this.#mayBeVoided = false;
    this.#echoes.clear();
    this.#inquiries.clear();
    this.#detector.restart(now);
    this.#advance(now, { kind: 'restart' });
    return true;
  }

  /** Asks all targets at once how the line is, though nothing speaks against it. */
  inspect(): void {
    const now = this.#means.clock.now();
    if (this.#detector !== undefined) this.#observer.told?.({ kind: 'inspected', now });
    this.#detector?.inspect(now);
    this.#schedule();
  }

  /** What the evidence promises. */
  get outlook(): Outlook {
    return this.#detector?.outlook ?? 'bad';
  }

  /** Each target as it stands, in the order of the configuration; none while it rests. */
  get testimonies(): Testimony[] {
    const order = [...this.#targets.keys()];
    const known = this.#detector?.testimonies ?? [];
    return known.toSorted((a, b) => order.indexOf(a.target) - order.indexOf(b.target));
  }

  /** These targets are dead, whatever the line: it is judged without them. */
  setAside(names: ReadonlySet<string>): void {
    this.#aside = names;
    this.#detector?.setAside(names);
  }

  /** When it will do the next thing at the latest; undefined while it rests. */
  get dueAt(): number | undefined {
    return this.#detector?.wakeAt;
  }

  close(): void {
    this.#cancel();
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#echoes.close();
    if (this.#detector !== undefined) this.#observer.told?.({ kind: 'ended' });
    this.#detector = undefined;
    this.#path = undefined;
    this.#inquiries.clear();
  }

  #setPace(now: number): void {
    if (this.#detector === undefined) return;
    const hurried = this.#hurry.at(now);
    if (hurried !== this.#paced) this.#observer.told?.({ kind: 'paced', hurried, now });
    this.#paced = hurried;
    this.#detector.pace(paceOf(this.#plan.rules.interval, hurried), now);
  }

  #schedule(): void {
    if (this.#detector !== undefined) this.#wake(this.#detector.wakeAt);
  }

  #wake(time: number): void {
    if (time === this.#wakeAt) return;
    this.#cancel();
    this.#wakeAt = time;
    this.#cancel = this.#means.clock.at(time, () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      const now = this.#means.clock.now();
      this.#look(now, now - time);
    });
  }

  /** Time has passed. */
  #look(now: number, lateness: number): void {
    const misses = () => this.#detector?.misses(now) === true;
    // What has arrived was in time or not by the kernel's stamp: a late process is not a lost packet.
    if (misses()) this.#echoes.drain();
    if (lateness > STALL && misses() && this.restart()) {
      this.#observer.stalled(lateness);
      return;
    }
    this.#setPace(now);
    for (const attempt of this.#detector?.expire(now) ?? []) {
      this.#echoes.forget(attempt);
      const failure = this.#inquiries.end(attempt) ?? 'no reply';
      this.#observer.probed({ target: attempt.target, sentAt: attempt.sentAt, failure });
    }
    this.#advance(now, { kind: 'time' });
  }

  #advance(now: number, cause: Cause<Attempt>): void {
    const detector = this.#detector;
    const path = this.#path;
    if (detector === undefined || path === undefined) return;
    const asked: Asked[][] = [];
    for (let targets = detector.ask(now); targets.length > 0; targets = detector.ask(now)) {
      this.#measure(detector, path, now);
      this.#asked = [];
      this.#ask(path, targets, now);
      asked.push(this.#asked);
    }
    this.#observer.told?.({ kind: 'turn', now, cause, asked, busy: detector.busy });
    this.#watchOver(detector);
    const verdict = detector.verdict(now);
    this.#schedule();
    if (verdict === undefined) return;
    this.#mayBeVoided = true;
    if (verdict.passed) this.#hurry.settle();
    this.#observer.verdict(verdict);
  }

  #watchOver(detector: Detector): void {
    const alarmed = detector.grave;
    if (alarmed && !this.#alarmed) this.#observer.alarmed();
    this.#alarmed = alarmed;
  }

  #ask(path: ProbePath, names: readonly string[], now: number): void {
    const echoes: string[] = [];
    for (const name of names) {
      const target = this.#targets.get(name);
      if (target === undefined) throw new RangeError(`${name} is no target`);
      if (target.method === 'echo') echoes.push(target.address);
      else this.#inquire(path, target, now);
    }
    if (echoes.length > 0) this.#echoes.send(path, echoes, now);
  }

  #inquire(path: ProbePath, target: SoloTarget, now: number): void {
    const attempt = this.#sent(targetName(target), now);
    const inquiry = this.#means.ask(path, target, (outcome) => {
      this.#inquiries.end(attempt);
      this.#conclude(attempt, outcome);
    });
    this.#inquiries.add(attempt, inquiry);
  }

  #measure(detector: Detector, { index }: ProbePath, now: number): void {
    const busy = this.#meter.observe(detector.searching, now, () => this.#means.received(index));
    if (busy !== undefined) detector.busy = busy;
  }

  #sent(target: string, sentAt: number): Attempt {
    // Nothing is sent without a detector that has asked for it.
    const attempt = this.#detector!.sent(target, sentAt);
    this.#asked.push(attempt);
    return attempt;
  }

  #unsent(target: string, failure: string, now: number): void {
    this.#asked.push({ target, failure });
    this.#detector?.unsent(target, failure, now);
    this.#observer.probed({ target, sentAt: now, failure });
  }

  #conclude(attempt: Attempt, outcome: Outcome): void {
    // Too late: it is lost when its time is over.
    if ('rtt' in outcome && outcome.rtt >= this.#plan.rules.timeout) return;
    const { target, sentAt } = attempt;
    const now = this.#means.clock.now();
    if ('rtt' in outcome) this.#detector?.answered(attempt, outcome.rtt, now);
    else this.#detector?.failed(attempt, outcome.failure, now);
    this.#observer.probed({ target, sentAt, ...outcome });
    this.#advance(now, { kind: 'outcome', probe: attempt, outcome });
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
