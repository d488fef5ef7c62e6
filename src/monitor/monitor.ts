import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../config/schema.ts';
import type { Address } from '../network/address.ts';
import type { Link } from '../network/link.ts';
import type { Route } from '../network/route.ts';
import { type Numbering, number, PROTOCOL, type UplinkNumbers } from '../plan/numbering.ts';
import { plan } from '../plan/plan.ts';
import type { Verdict } from '../probe/detector.ts';
import type { ProbeObserver } from '../probe/prober.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import { attach } from '../uplink/attachment.ts';
import { type Override, overridden, timeLeft } from '../uplink/override.ts';
import { type Candidate, remembered, select, succession } from '../uplink/selection.ts';
import type { MonitorListener, UplinkSummary } from './event.ts';
import { DeadTargets } from './dead-targets.ts';
import { Deliberation, inspect } from './deliberation.ts';
import type { Machine } from './machine.ts';
import type { Member, SurveyResult } from './member.ts';
import { newsSince, type Standing, told } from './news.ts';
import { Overrides } from './overrides.ts';
import { Roster } from './roster.ts';
import { candidate, linkSettings } from './settings.ts';
import type { Incident, Tracer } from './tracer.ts';

/** An uplink as it stands in the monitor. */
export interface MonitoredUplink {
  readonly member: Member;
  /** It carries new connections. */
  readonly routing: boolean;
  readonly override: Override | undefined;
}

/** Interfaces that could not be read are read again after this time, ms. */
const REREAD = 250;

/**
 * The way of the data: what probes and the kernel tell becomes uplink states, these a selection, this a
 * wanted state, and the reconciler brings the kernel there. All of it happens within one turn of the event
 * loop: the kernel first, then the listener.
 */
export class Monitor {
  readonly #machine: Machine;
  readonly #listener: MonitorListener;
  readonly #tracer: Tracer | undefined;
  readonly #reconciler: Reconciler;
  readonly #overrides: Overrides;
  #configuration: Configuration;
  #numbering: Numbering;
  readonly #roster: Roster;
  /** The tables of all configurations so far: what changes elsewhere is none of our business. */
  readonly #tables = new Set<number>();
  /** Interfaces of the uplinks that carry new connections. */
  #selected: readonly string[] = [];
  #cancelRefresh = () => {};
  readonly #deliberation: Deliberation;
  readonly #deadTargets = new DeadTargets();
  /** What the listener was told last, by interface. */
  #told: ReadonlyMap<string, UplinkSummary> = new Map();

  /** `tracer`: absent where nobody wants to make the decisions again. */
  constructor(configuration: Configuration, machine: Machine, listener: MonitorListener, tracer?: Tracer) {
    this.#configuration = configuration;
    this.#numbering = number(configuration);
    this.#machine = machine;
    this.#listener = listener;
    this.#tracer = tracer;
    this.#reconciler = new Reconciler(machine.kernel, machine.clock, {
      reconciled: (outcomes, cause) => {
        listener({ kind: 'reconciled', outcomes, cause });
        // Probes that found no route because somebody had taken it say nothing of their uplink.
        if (cause === 'repair') for (const member of this.#members) member.restart();
      },
      unreadable: (error) => listener({ kind: 'unreadable', error }),
    });
    this.#roster = new Roster(machine, (member) => this.#observe(member));
    this.#deliberation = new Deliberation(machine.clock, () => this.#decide());
    this.#overrides = new Overrides(machine.clock, machine.overrides, {
      ended: (name, was) => this.#overridden(name, was),
      failed: (error) => listener({ kind: 'overrides-failed', error }),
    });
  }

  /**
   * Puts the first routes in place, as the kernel remembers them from an earlier run or as if all worked, and
   * begins to probe.
   */
  start(): void {
    this.#watch();
    const standing = this.#standing();
    this.#selected = devices(standing.filter(({ metric }) => metric === 0));
    this.#overrides.load(this.#configuration.uplinks.map((settings) => settings.interface));
    const usable = this.#configuration.uplinks
      .map(candidate)
      .filter(({ name }) => this.#overrides.of(name)?.kind !== 'down');
    const failed = remembered(usable, devices(standing));
    this.#roster.assemble(this.#configuration, (name) => (failed.has(name) ? 'failed' : 'working'));
    this.#selected = select(this.#candidates(), this.#selected);
    // An uplink that is down already at the start is news.
    this.#told = told(this.standings().map((one) => ({ ...one, is: { ...one.is, up: true } })));
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
    this.#numbering = number(configuration);
    this.#overrides.retain(this.#members.map(({ name }) => name));
    this.#trace(false);
    this.#decide();
  }

  /**
   * Lays an override on an uplink, named by its description or interface, in place of the one before; undefined: its
   * tests decide again. Throws UnknownUplinkError.
   */
  override(uplink: string, override: Override | undefined): void {
    const { name } = this.find(uplink);
    const was = this.#overrides.of(name);
    this.#overrides.lay(name, override);
    if (override === undefined) this.#befall(this.find(name), { kind: 'released' });
    this.#overridden(name, was);
  }

  /**
   * Asks all targets of an uplink, named by its description or interface, beside its regular checks; nothing is
   * decided by it. Rejects with UnknownUplinkError or NoPathError.
   */
  async survey(uplink: string): Promise<SurveyResult> {
    const member = this.find(uplink);
    return member.survey(this.#numbering.uplinks[this.#members.indexOf(member)] as UplinkNumbers);
  }

  /** Stops probing and watching; the routing stays as it is. */
  stop(): void {
    this.#roster.close();
    this.#cancelRefresh();
    this.#deliberation.end();
    this.#overrides.close();
    this.#reconciler.close();
    this.#machine.kernel.close();
  }

  /** The uplinks in the order of the configuration. */
  uplinks(): MonitoredUplink[] {
    return this.#members.map((member) => ({
      member,
      routing: this.#selected.includes(member.name),
      override: this.#overrides.of(member.name),
    }));
  }

  /** What in the kernel is not as planned, in words. */
  get kernelFaults(): readonly string[] {
    return this.#reconciler.faults;
  }

  get numbering(): Numbering {
    return this.#numbering;
  }

  /** The same as they are told of. */
  standings(): Standing[] {
    return this.uplinks().map(({ member, routing, override }) => ({
      is: member.summary(routing, override),
      reason: member.state.reason,
    }));
  }

  /** The uplink of a description or interface; throws UnknownUplinkError. */
  find(word: string): Member {
    return this.#roster.find(word);
  }

  get #members(): readonly Member[] {
    return this.#roster.members;
  }

  /** To be called before the first look at the kernel, so that nothing is missed in between. */
  #watch(): void {
    this.#machine.kernel.watch(
      {
        links: () => this.#refresh(),
        policy: () => this.#reconciler.repair(),
        neighbourFailed: (device, address) => this.#gatewaySilent(device, address),
        overrun: () => {
          this.#listener({ kind: 'overrun' });
          this.#refresh();
        },
      },
      () => this.#tables,
    );
  }

  /** Our routes for new connections as they stand: the balancing route and its reserves. */
  #standing(): Route[] {
    const { table } = this.#numbering.balancing;
    return this.#machine.kernel.routes(table, 4).filter(({ protocol }) => protocol === PROTOCOL);
  }

  #observe(member: Member): ProbeObserver {
    const tracer = this.#tracer;
    return {
      told: tracer && ((input) => tracer.told(member.name, input)),
      probed: (probe) => {
        member.window.add(probe.sentAt, probe.rtt, this.#machine.clock.now());
        this.#listener({ kind: 'probed', uplink: member.title, probe });
      },
      verdict: (verdict) => {
        this.#listener({ kind: 'checked', uplink: member.title, verdict });
        this.#judge(member, verdict);
      },
      alarmed: () => inspect(this.#able().filter((other) => other !== member)),
      stalled: (lateness) => this.#listener({ kind: 'stalled', uplink: member.title, lateness }),
    };
  }

  #refresh(): void {
    const { kernel, clock } = this.#machine;
    let links: readonly Link[];
    try {
      links = kernel.links();
    } catch (error) {
      this.#listener({ kind: 'unreadable', error: error as Error });
      this.#cancelRefresh();
      this.#cancelRefresh = clock.at(clock.now() + REREAD, () => this.#refresh());
      return;
    }
    let changed = false;
    for (const member of this.#members) {
      const attachment = attach(linkSettings(member.settings), links);
      if (isDeepStrictEqual(attachment, member.state.attachment)) continue;
      changed = true;
      this.#befall(member, { kind: 'attached', attachment });
    }
    if (changed) this.#decide();
    // A link that went and came back between two looks has lost its routes all the same: the kernel drops
    // them without a word.
    else this.#reconciler.repair();
  }

  #gatewaySilent(device: string, address: Address): void {
    const member = this.#roster.of(device);
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
    this.#deliberation.begin(() => this.#able());
  }

  /** The uplinks that work and may carry new connections. */
  #able(): Member[] {
    return this.#members.filter(
      ({ name, settings, state }) =>
        state.up && settings.priority_group !== undefined && this.#overrides.of(name)?.kind !== 'down',
    );
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
    this.#selected = select(this.#candidates(), this.#selected);
    this.#want();
    const grouped = this.#members.filter(({ settings }) => settings.priority_group !== undefined);
    const hurried = grouped.length > 0 && grouped.every(({ works }) => !works);
    this.#members.forEach((member, id) =>
      member.probe(this.#numbering.uplinks[id] as UplinkNumbers, hurried),
    );
  }

  #candidates(): Candidate[] {
    return this.#members.map(({ name, settings, works, state: { held, attachment } }) => {
      // Who has to prove himself first is better than nobody.
      const own = { ...candidate(settings), up: works, ...(held && { use: 'last' as const }) };
      return overridden(own, this.#overrides.of(name), attachment);
    });
  }

  #want(): void {
    const places = succession(this.#candidates(), this.#selected);
    const uplinks = this.#members.map(({ name, settings: { weight }, state: { attachment } }, position) => ({
      family: 4 as const,
      interface: name,
      position,
      weight,
      attachment,
      selected: this.#selected.includes(name),
      succession: places.get(name),
    }));
    const wanted = plan(uplinks, this.#numbering);
    for (const table of wanted.tables) this.#tables.add(table);
    this.#reconciler.want(wanted);
  }

  #tell(): void {
    const standings = this.standings();
    const news = newsSince(this.#told, standings);
    this.#told = told(standings);
    for (const event of news) this.#listener(event);
  }
}

function devices(routes: readonly Route[]): string[] {
  return routes.flatMap(({ nexthops }) => nexthops.map(({ device }) => device));
}
