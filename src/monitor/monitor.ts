import type { Configuration } from '../config/schema.ts';
import { type Address, FAMILIES, familyOf } from '../network/address.ts';
import type { Numbering, UplinkNumbers } from '../plan/numbering.ts';
import type { Policy } from '../plan/policy.ts';
import type { Verdict } from '../probe/detector.ts';
import type { ProbeObserver } from '../probe/observer.ts';
import { type Override, timeLeft } from '../uplink/override.ts';
import { Bulletin } from './bulletin.ts';
import { DeadTargets } from './dead-targets.ts';
import { Deliberation, inspect } from './deliberation.ts';
import { Election } from './election.ts';
import { Enforcement, reports } from './enforcement.ts';
import type { MonitorListener, PolicySummary } from './event.ts';
import { LinkWatch } from './link-watch.ts';
import { lineName } from './line-name.ts';
import type { Machine } from './machine.ts';
import type { Member, MonitoredUplink, SurveyResult } from './member.ts';
import type { Standing } from './news.ts';
import { Overrides } from './overrides.ts';
import { recollect } from './recollection.ts';
import { Roster } from './roster.ts';
import { linesOf } from './settings.ts';
import type { Incident, Tracer } from './tracer.ts';

/**
 * The way of the data: what probes and the kernel tell becomes uplink states, these a selection, this a
 * wanted state, and the reconciler brings the kernel there. All of it happens within one turn of the event
 * loop: the kernel first, then the listener.
 */
export class Monitor {
  readonly #machine: Machine;
  readonly #listener: MonitorListener;
  readonly #tracer: Tracer | undefined;
  #configuration: Configuration;
  readonly #roster: Roster;
  readonly #overrides: Overrides;
  readonly #election: Election;
  readonly #deliberation: Deliberation;
  readonly #enforcement: Enforcement;
  readonly #links: LinkWatch;
  readonly #deadTargets = new DeadTargets();
  readonly #bulletin: Bulletin;

  /** `tracer`: absent where nobody wants to make the decisions again. */
  constructor(configuration: Configuration, machine: Machine, listener: MonitorListener, tracer?: Tracer) {
    this.#configuration = configuration;
    this.#machine = machine;
    this.#listener = listener;
    this.#tracer = tracer;
    this.#roster = new Roster(machine, (member) => this.#observe(member));
    this.#overrides = new Overrides(machine.clock, machine.overrides, {
      ended: (name, was) => this.#overridden(name, was),
      failed: (error) => listener({ kind: 'overrides-failed', error }),
    });
    this.#election = new Election(this.#roster, this.#overrides);
    this.#deliberation = new Deliberation(machine.clock, () => {
      tracer?.decided(machine.clock.now());
      this.#decide();
    });
    this.#enforcement = new Enforcement(
      configuration,
      machine,
      // Probes that found no route because somebody had taken it say nothing of their uplink.
      reports(listener, () => this.#members.forEach((member) => member.restart())),
    );
    this.#links = new LinkWatch(machine, () => this.#members, {
      attached: (member, attachment) => this.#befall(member, { kind: 'attached', attachment }),
      looked: (changed) => {
        if (changed) this.#decide();
        // A link that went and came back between two looks has lost its routes all the same: the kernel drops
        // them without a word.
        else this.#enforcement.repair();
      },
      failed: (error) => listener({ kind: 'unreadable', error }),
    });
    this.#bulletin = new Bulletin(listener);
  }

  /**
   * Puts the first routes in place, as the kernel remembers them from an earlier run or as if all worked, and
   * begins to probe.
   */
  start(): void {
    this.#watch();
    const lines = linesOf(this.#configuration);
    this.#overrides.load(lines.map(({ name }) => name));
    const usable = lines.filter(({ name }) => this.#overrides.of(name)?.kind !== 'down');
    const { carriers, failed } = recollect(this.#machine.kernel, this.numbering, usable, this.policies);
    this.#roster.assemble(this.#configuration, (name) => (failed.has(name) ? 'failed' : 'working'));
    this.#election.resume(carriers);
    this.#election.hold();
    this.#bulletin.begin(this.standings());
    this.#trace(true);
    this.#decide();
    const routing = this.uplinks().flatMap((uplink) => (uplink.routing ? uplink.member.title : []));
    this.#listener({ kind: 'started', routing });
  }

  /**
   * Puts another configuration in force; uplinks that are the same in both keep their state and their probes. Throws
   * when the interfaces cannot be read: then everything is as it was.
   */
  reload(configuration: Configuration): void {
    // An uplink that nobody has tested yet gets no connections as long as others work.
    this.#roster.assemble(configuration, () => 'unknown');
    this.#configuration = configuration;
    this.#enforcement.take(configuration);
    this.#overrides.retain(this.#members.map(({ name }) => name));
    this.#trace(false);
    this.#decide();
  }

  /**
   * Lays an override on the lines of an uplink, named as for find(), in place of those before; undefined: its tests
   * decide again. Throws UnknownUplinkError.
   */
  override(uplink: string, override: Override | undefined): void {
    for (const member of this.find(uplink)) {
      const was = this.#overrides.of(member.name);
      this.#overrides.lay(member.name, override);
      if (override === undefined) this.#befall(member, { kind: 'released' });
      this.#overridden(member.name, was);
    }
  }

  /**
   * Asks all targets of a line beside its regular checks; nothing is decided by it. Rejects with NoPathError.
   */
  survey(member: Member): Promise<SurveyResult> {
    return member.survey(this.#numbers(member));
  }

  /** Stops probing and watching; the routing stays as it is. */
  stop(): void {
    this.#roster.close();
    this.#links.close();
    this.#deliberation.end();
    this.#overrides.close();
    this.#enforcement.close();
    this.#machine.kernel.close();
  }

  /** The uplinks in the order of the configuration. */
  uplinks(): MonitoredUplink[] {
    return this.#members.map((member) => ({
      member,
      routing: this.#election.isElected(member),
      override: this.#overrides.of(member.name),
    }));
  }

  /** What in the kernel is not as planned, in words. */
  get kernelFaults(): readonly string[] {
    return this.#enforcement.faults;
  }

  /** The table of nftables as it shall be; undefined: none is managed. */
  get wantedTable(): string | undefined {
    return this.#enforcement.wantedTable;
  }

  get numbering(): Numbering {
    return this.#enforcement.numbering;
  }

  /** In the order of the numbering. */
  get policies(): readonly Policy[] {
    return this.#enforcement.policies;
  }

  /** Where the policies lead, in the order of the configuration. */
  get steering(): readonly PolicySummary[] {
    return this.#enforcement.steering;
  }

  /** The uplinks as they are told of. */
  standings(): Standing[] {
    return this.uplinks().map(({ member, routing, override }) => ({
      is: member.summary(routing, override),
      reason: member.state.reason,
    }));
  }

  /**
   * The lines of an uplink, named by its description or interface; that of one family where it says so, as in
   * "Fibre IPv6". At least one; throws UnknownUplinkError.
   */
  find(word: string): Member[] {
    return this.#roster.find(word);
  }

  #numbers({ settings: { position } }: Member): UplinkNumbers {
    return this.numbering.uplinks[position] as UplinkNumbers;
  }

  get #members(): readonly Member[] {
    return this.#roster.members;
  }

  /** To be called before the first look at the kernel, so that nothing is missed in between. */
  #watch(): void {
    this.#machine.kernel.watch(
      {
        links: () => this.#links.look(),
        policy: () => this.#enforcement.repair(),
        neighbourFailed: (device, address) => this.#gatewaySilent(device, address),
        overrun: () => {
          this.#listener({ kind: 'overrun' });
          this.#links.look();
        },
      },
      () => this.#enforcement.tables,
    );
  }

  #observe(member: Member): ProbeObserver {
    const tracer = this.#tracer;
    return {
      told: tracer && ((input) => tracer.told(member.name, input)),
      probed: (probe) => {
        member.window.add(probe, this.#machine.clock.now());
        this.#listener({ kind: 'probed', uplink: member.title, probe });
      },
      verdict: (verdict) => {
        this.#listener({ kind: 'checked', uplink: member.title, verdict });
        this.#judge(member, verdict);
      },
      alarmed: () => inspect(this.#election.able(member.settings.family).filter((other) => other !== member)),
      stalled: (lateness) => this.#listener({ kind: 'stalled', uplink: member.title, lateness }),
    };
  }

  #gatewaySilent(device: string, address: Address): void {
    const member = this.#roster.of(lineName({ interface: device, family: familyOf(address) }));
    if (member?.state.attachment.gateway !== address) return;
    this.#befall(member, { kind: 'gateway-silent' });
    member.doubt();
    this.#decide();
  }

  #befall(member: Member, incident: Incident): void {
    this.#tracer?.befell(member.name, incident, this.#machine.clock.now());
    member.step(incident);
  }

  /** Says where a trace begins. */
  #trace(first: boolean): void {
    this.#tracer?.began(
      this.#configuration,
      this.uplinks().map(({ member: { state }, routing, override }) => ({ state, routing, override })),
      first,
      this.#machine.clock.now(),
    );
  }

  /** What leaves an uplink as it was, up or down, needs no decision: most checks do. */
  #judge(member: Member, verdict: Verdict): void {
    const news = this.#deadTargets.review(this.#members, this.#machine.clock.now(), !verdict.passed);
    if (news !== undefined) this.#listener({ kind: 'targets', ...news });
    // A target that is dead on every line speaks against none of them.
    if (news !== undefined && !verdict.passed) return;
    const { up, held } = member.state;
    member.step({ kind: 'checked', verdict });
    if (member.state.up === up && member.state.held === held) return;
    this.#deliberation.begin(() => this.#election.able(member.settings.family));
  }

  #overridden(name: string, was: Override | undefined): void {
    const member = this.#roster.of(name);
    if (member === undefined) return;
    const is = this.#overrides.of(name);
    const now = this.#machine.clock.now();
    const left = is && timeLeft(is, now);
    this.#tracer?.overridden(name, is, now);
    this.#carryOut();
    this.#listener({ kind: 'overridden', uplink: member.title, was, is, left });
    this.#tell();
  }

  /** From the states to the kernel, and to the listener. */
  #decide(): void {
    this.#carryOut();
    this.#tell();
  }

  /** From the states to the kernel. */
  #carryOut(): void {
    this.#deliberation.end();
    this.#election.hold();
    this.#enforcement.enforce(this.uplinks(), this.#election);
    for (const family of FAMILIES) {
      const lines = this.#roster.lines(family);
      const grouped = lines.filter(({ settings }) => settings.priority_group !== undefined);
      const hurried = grouped.length > 0 && grouped.every(({ works }) => !works);
      for (const member of lines) member.probe(this.#numbers(member), hurried);
    }
  }

  #tell(): void {
    this.#bulletin.tell(this.standings(), this.steering);
  }
}
