import { isDeepStrictEqual } from 'node:util';
import type { UplinkNumbers } from '../plan/numbering.ts';
import type { ProbePath } from '../probe/path.ts';
import type { ProbeObserver } from '../probe/observer.ts';
import { type ProbeMeans, type ProbePlan, Prober } from '../probe/prober.ts';
import { survey, type TargetReport } from '../probe/survey.ts';
import { SampleWindow } from '../probe/window.ts';
import type { Outlook } from '../probe/detector.ts';
import type { Testimony } from '../probe/testimony.ts';
import type { Override } from '../uplink/override.ts';
import type { HysteresisRules } from '../uplink/hysteresis.ts';
import { step, type UplinkEvent, type UplinkState } from '../uplink/state.ts';
import type { UplinkName, UplinkSummary } from './event.ts';
import { linkSettings, type Testing, type UplinkSettings } from './settings.ts';

/** Samples are kept so long, ms: the minute that people are shown. */
const WINDOW = 60_000;

/** What a member probes with. */
export interface Probing extends Testing {
  readonly means: ProbeMeans;
  readonly observer: (member: Member) => ProbeObserver;
}

/** An uplink that cannot be probed at all; the message says why. */
export class NoPathError extends Error {}

/** What all targets of an uplink say at a moment. */
export interface SurveyResult {
  readonly targets: readonly TargetReport[];
  /** Targets that must answer. */
  readonly needed: number;
}

/** An uplink while the daemon runs: its settings, its state, and what probes it. */
export class Member {
  readonly window = new SampleWindow(WINDOW);
  readonly #plan: ProbePlan;
  #rules: HysteresisRules;
  readonly #prober: Prober;
  readonly #means: ProbeMeans;
  #survey: Promise<SurveyResult> | undefined;
  #endSurvey = () => {};
  #settings: UplinkSettings;
  #state: UplinkState;

  constructor(settings: UplinkSettings, state: UplinkState, { plan, rules, means, observer }: Probing) {
    this.#settings = settings;
    this.#state = state;
    this.#plan = plan;
    this.#rules = rules;
    this.#means = means;
    this.#prober = new Prober(plan, means, observer(this));
  }

  get settings(): UplinkSettings {
    return this.#settings;
  }

  get state(): UplinkState {
    return this.#state;
  }

  /** It works, as far as its tests say, though it may have to prove itself first. */
  get works(): boolean {
    return this.#state.up || this.#state.held;
  }

  /** No two lines share one. */
  get name(): string {
    return this.settings.name;
  }

  /** As events name it. */
  get title(): UplinkName {
    const { interface: name, family, description } = this.settings;
    return { interface: name, family, description };
  }

  /** It is the same line under other settings. */
  isLine(settings: UplinkSettings): boolean {
    return isDeepStrictEqual(linkSettings(settings), linkSettings(this.settings));
  }

  /** It can go on under other settings: the line, and how it is probed, are the same. */
  survives(settings: UplinkSettings, { plan }: Testing): boolean {
    return this.isLine(settings) && isDeepStrictEqual(plan, this.#plan);
  }

  /** Goes on under other settings, if it survives them. */
  take(settings: UplinkSettings, { rules }: Testing): void {
    this.#settings = settings;
    this.#rules = rules;
  }

  /** Something befalls it. */
  step(event: UplinkEvent): void {
    this.#state = step(this.#state, event, this.#means.clock.now(), this.#rules);
  }

  /** Probes by the way that the state allows, or not at all; `hurried`: every working uplink is wanted. */
  probe({ mark }: UplinkNumbers, hurried: boolean): void {
    this.#prober.follow(probePath(this.state, this.settings.interface, mark));
    this.#prober.hurry(hurried);
  }

  /** What was known of the line does not hold any more; see Prober. */
  doubt(): void {
    this.#prober.doubt();
  }

  /** What is being probed may have gone astray; see Prober. */
  restart(): void {
    this.#prober.restart();
  }

  /**
   * Asks all targets once, beside the regular checks, which go on as if nothing were. Whoever asks while a survey is
   * under way gets its result. Rejects with NoPathError.
   */
  survey({ mark }: UplinkNumbers): Promise<SurveyResult> {
    this.#survey ??= this.#ask(mark).finally(() => (this.#survey = undefined));
    return this.#survey;
  }

  async #ask(mark: number): Promise<SurveyResult> {
    const path = probePath(this.state, this.settings.interface, mark);
    if (path === undefined) throw new NoPathError(`no probe can leave: ${this.state.attachment.fault}`);
    const { targets, rules } = this.#plan;
    const means = { targets, timeout: rules.timeout, ...this.#means };
    const reports = await new Promise<readonly TargetReport[]>((resolve) => {
      this.#endSurvey = survey(path, means, resolve);
    });
    return { targets: reports, needed: rules.needed };
  }

  /** Asks all targets at once how the line is, though nothing speaks against it. */
  inspect(): void {
    this.#prober.inspect();
  }

  /** What the evidence of its probes promises. */
  get outlook(): Outlook {
    return this.#prober.outlook;
  }

  /** Each target as this line knows it. */
  get testimonies(): Testimony[] {
    return this.#prober.testimonies;
  }

  /** These targets are dead, whatever the line: it is judged without them. */
  setAside(names: ReadonlySet<string>): void {
    this.#prober.setAside(names);
  }

  /** When it will do the next thing at the latest; undefined while it is not probed. */
  get dueAt(): number | undefined {
    return this.#prober.dueAt;
  }

  close(): void {
    this.#prober.close();
    this.#endSurvey();
  }

  summary(routing: boolean, override: Override | undefined): UplinkSummary {
    const { ip, gateway } = this.state.attachment;
    return {
      ...this.title,
      ...(ip && { ip }),
      ...(gateway && { gateway }),
      up: this.state.up,
      routing,
      ...(override && { override: override.kind }),
    };
  }
}

function probePath({ attachment }: UplinkState, device: string, mark: number): ProbePath | undefined {
  const { index, ip, gateway, fault } = attachment;
  return fault === undefined && index !== undefined && ip !== undefined
    ? { device, index, source: ip, mark, ...(gateway && { gateway }) }
    : undefined;
}

/** A line as it stands in the monitor. */
export interface MonitoredUplink {
  readonly member: Member;
  /** It carries new connections. */
  readonly routing: boolean;
  readonly override: Override | undefined;
}
