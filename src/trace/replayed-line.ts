import { isDeepStrictEqual } from 'node:util';
import type { Witness } from '../monitor/dead-targets.ts';
import type { Testing, UplinkSettings } from '../monitor/settings.ts';
import { Detector, type Outlook, type Verdict } from '../probe/detector.ts';
import type { Asked, Cause, Input } from '../probe/input.ts';
import { paceOf } from '../probe/hurry.ts';
import { targetName } from '../probe/target.ts';
import type { Testimony } from '../probe/testimony.ts';
import type { Attempt } from '../probe/waiting.ts';
import { step, type UplinkEvent, type UplinkState } from '../uplink/state.ts';

/** How a line was tested when it was recorded, and how it is now. */
export interface Retest {
  readonly recorded: Testing;
  readonly set: Testing;
}

/** An uplink of a trace: its state, and a detector that is told what was recorded. */
export class ReplayedLine implements Witness {
  settings: UplinkSettings;
  state: UplinkState;
  #set: Testing;
  /** It was tested as it is now. */
  #alike: boolean;
  #known: ReadonlySet<string>;
  #detector: Detector | undefined;
  #targets: readonly string[] = [];
  #aside: ReadonlySet<string> = new Set();
  #hurried = false;
  #busy = false;
  /** The probes that are under way, by their numbers; as many have left. */
  readonly #waiting = new Map<number, Attempt>();
  #count = 0;
  #now = 0;

  constructor(settings: UplinkSettings, state: UplinkState, retest: Retest) {
    this.settings = settings;
    this.state = state;
    this.#set = retest.set;
    this.#alike = alike(retest);
    this.#known = names(retest);
  }

  /** Goes on under other settings. */
  take(settings: UplinkSettings, retest: Retest): void {
    this.settings = settings;
    this.#set = retest.set;
    this.#alike = alike(retest);
    this.#known = names(retest);
  }

  get name(): string {
    return this.settings.name;
  }

  step(event: UplinkEvent, now: number): void {
    this.state = step(this.state, event, now, this.#set.rules);
  }

  /** Its detector is told what the recorded one was. */
  hear(input: Input<number>): Verdict | undefined {
    if (input.kind !== 'ended') this.#now = input.now;
    switch (input.kind) {
      case 'begun':
        this.#targets = input.targets.filter((target) => this.#known.has(target));
        this.#hurried = false;
        this.#begin();
        return undefined;
      case 'ended':
        this.#detector = undefined;
        return undefined;
      case 'inspected':
        this.#detector?.inspect(input.now);
        return undefined;
      case 'paced':
        this.#hurried = input.hurried;
        this.#setPace();
        return undefined;
      case 'turn':
        this.#busy = input.busy;
        return this.#turn(input.cause, input.asked);
    }
  }

  /**
   * When it has to look though the recorded one did not; infinite while both are tested alike: then they look at the
   * same times.
   */
  get wakeAt(): number {
    return this.#detector === undefined || this.#alike ? Number.POSITIVE_INFINITY : this.#detector.wakeAt;
  }

  wake(now: number): Verdict | undefined {
    this.#now = now;
    return this.#turn({ kind: 'time' }, []);
  }

  doubt(): void {
    if (this.#detector !== undefined) this.#begin();
  }

  setAside(names: ReadonlySet<string>): void {
    this.#aside = names;
    this.#detector?.setAside(names);
  }

  get outlook(): Outlook {
    return this.#detector?.outlook ?? 'bad';
  }

  get testimonies(): readonly Testimony[] {
    return this.#detector?.testimonies ?? [];
  }

  #begin(): void {
    this.#waiting.clear();
    this.#detector = new Detector(this.#targets, this.#set.plan.rules, this.#now);
    this.#detector.setAside(this.#aside);
    this.#setPace();
  }

  #setPace(): void {
    this.#detector?.pace(paceOf(this.#set.plan.rules.interval, this.#hurried), this.#now);
  }

  #turn(cause: Cause<number>, asked: readonly (readonly Asked[])[]): Verdict | undefined {
    const detector = this.#detector;
    if (detector === undefined) return undefined;
    this.#heed(detector, cause);
    for (const batch of asked) {
      // Whom it would ask is of no account: the probes are those that were sent.
      detector.ask(this.#now);
      for (const one of batch) this.#send(detector, one);
    }
    while (detector.ask(this.#now).length > 0);
    detector.busy = this.#busy;
    return detector.verdict(this.#now);
  }

  #heed(detector: Detector, cause: Cause<number>): void {
    switch (cause.kind) {
      case 'time': {
        const lost = new Set(detector.expire(this.#now));
        if (lost.size === 0) return;
        for (const [number, attempt] of this.#waiting) if (lost.has(attempt)) this.#waiting.delete(number);
        return;
      }
      case 'restart':
        this.#waiting.clear();
        detector.restart(this.#now);
        return;
      case 'outcome': {
        const { probe: age, outcome } = cause;
        const attempt = this.#waiting.get(this.#count - age);
        if (attempt === undefined) return;
        if ('failure' in outcome) detector.failed(attempt, outcome.failure, this.#now);
        // As a Prober does: it is lost when its time is over.
        else if (outcome.rtt < this.#set.plan.rules.timeout)
          detector.answered(attempt, outcome.rtt, this.#now);
        else return;
        this.#waiting.delete(this.#count - age);
      }
    }
  }

  #send(detector: Detector, asked: Asked): void {
    const known = this.#targets.includes(asked.target);
    if ('failure' in asked) {
      if (known) detector.unsent(asked.target, asked.failure, this.#now);
    } else {
      if (known) this.#waiting.set(this.#count, detector.sent(asked.target, asked.sentAt));
      this.#count++;
    }
  }
}

function alike({ recorded, set }: Retest): boolean {
  return isDeepStrictEqual(recorded.plan, set.plan);
}

function names({ set }: Retest): ReadonlySet<string> {
  return new Set(set.plan.targets.map(targetName));
}
