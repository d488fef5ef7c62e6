import { AUTO_LENGTH } from '../config/ipv6.ts';
import type { Configuration } from '../config/schema.ts';
import { managedTable } from '../firewall/managed.ts';
import { managedSite } from '../firewall/managed-site.ts';
import { parsePrefix, type Prefix } from '../network/prefix.ts';
import { MAIN_TABLE, type Numbering, number } from '../plan/numbering.ts';
import { plan } from '../plan/plan.ts';
import type { PlannedUplink } from '../plan/default-route.ts';
import type { Policy } from '../plan/policy.ts';
import { type ReconcileListener, Reconciler } from '../reconcile/reconciler.ts';
import { TableKeeper, type TableListener } from '../reconcile/table-keeper.ts';
import { followedFamily } from '../uplink/attachment.ts';
import { fitness, isUsable } from '../uplink/override.ts';
import { Connections, type ConnectionsListener } from './connections.ts';
import type { Election } from './election.ts';
import type { Machine } from './machine.ts';
import type { Member, MonitoredUplink } from './member.ts';
import type { MonitorListener, PolicySummary } from './event.ts';
import { policiesOf } from './policies.ts';
import { linkSettings } from './settings.ts';
import { steering } from './steering.ts';

/** Who is told what has become of the kernel. */
export interface EnforcementListener {
  readonly routing: ReconcileListener;
  readonly table: TableListener;
  readonly connections: ConnectionsListener;
}

/** Tells all of it as events; `repaired`: what somebody else had taken or changed is back. */
export function reports(listener: MonitorListener, repaired: () => void): EnforcementListener {
  return {
    routing: {
      reconciled: (outcomes, cause) => {
        listener({ kind: 'reconciled', outcomes, cause });
        if (cause === 'repair') repaired();
      },
      unreadable: (error) => listener({ kind: 'unreadable', error }),
    },
    table: {
      changed: (from, to, cause) => listener({ kind: 'table-changed', from, to, cause }),
      failed: (error) => listener({ kind: 'table-failed', error }),
    },
    connections: {
      flushed: ({ title }, cause) => listener({ kind: 'flushed', uplink: title, cause }),
      failed: ({ title }, error) => listener({ kind: 'flush-failed', uplink: title, error }),
    },
  };
}

/**
 * From the lines as they stand to the kernel: rules and routes first, then the firewall, since a mark that leads nowhere
 * yet would lead nowhere at all, and then the connections that are to be moved.
 */
export class Enforcement {
  readonly #reconciler: Reconciler;
  /** Absent: nobody's firewall is managed. */
  readonly #tableKeeper: TableKeeper | undefined;
  #wantedTable: string | undefined;
  readonly #connections: Connections;
  /** The tables of all configurations so far: what changes elsewhere is none of our business. */
  readonly #tables = new Set<number>();
  #configuration: Configuration;
  #numbering: Numbering;
  #policies: readonly Policy[];
  #steering: readonly PolicySummary[] = [];

  constructor(
    configuration: Configuration,
    { kernel, clock, table }: Machine,
    { routing, table: tableListener, connections }: EnforcementListener,
  ) {
    this.#configuration = configuration;
    this.#numbering = number(configuration);
    this.#policies = policiesOf(configuration);
    this.#reconciler = new Reconciler(kernel, clock, routing);
    this.#tableKeeper = table && new TableKeeper(table, clock, tableListener);
    this.#connections = new Connections(kernel, connections);
  }

  /** What holds from now on. */
  take(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#numbering = number(configuration);
    this.#policies = policiesOf(configuration);
  }

  get numbering(): Numbering {
    return this.#numbering;
  }

  get policies(): readonly Policy[] {
    return this.#policies;
  }

  /** Where they lead. */
  get steering(): readonly PolicySummary[] {
    return this.#steering;
  }

  /** Routing tables in which changes of somebody else matter. */
  get tables(): ReadonlySet<number> {
    return this.#tables;
  }

  /** The table of nftables as it shall be; undefined: none is managed. */
  get wantedTable(): string | undefined {
    return this.#wantedTable;
  }

  /** What is not as planned, in words. */
  get faults(): readonly string[] {
    return [...this.#reconciler.faults, ...(this.#tableKeeper?.faults ?? [])];
  }

  /** Brings the kernel where a decision wants it. */
  enforce(uplinks: readonly MonitoredUplink[], election: Election): void {
    const succession = election.succession();
    const planned = uplinks.map((uplink) => plannedUplink(uplink, election, succession));
    const { balance_by: balanceBy } = this.#configuration;
    const wanted = plan(planned, this.#numbering, { policies: this.#policies, balanceBy });
    for (const table of wanted.tables) this.#tables.add(table);
    if (uplinks.some(followsMain)) this.#tables.add(MAIN_TABLE);
    this.#reconciler.want(wanted);
    const names = uplinks.map(({ member }) => member.title);
    this.#steering = steering(this.#policies, planned, names);
    const configuration = this.#configuration;
    this.#wantedTable = configuration.firewall.manage
      ? managedTable(managedSite(configuration, this.#policies, planned))
      : undefined;
    this.#tableKeeper?.want(this.#wantedTable);
    this.#connections.review(uplinks, this.#configuration, this.#numbering);
  }

  /** Somebody has changed rules or routes. */
  repair(): void {
    this.#reconciler.repair();
  }

  close(): void {
    this.#reconciler.close();
    this.#tableKeeper?.close();
  }
}

function plannedUplink(
  { member, routing, override }: MonitoredUplink,
  election: Election,
  succession: ReadonlyMap<string, number>,
): PlannedUplink {
  const { name, settings, state } = member;
  return {
    family: settings.family,
    interface: settings.interface,
    position: settings.position,
    weight: settings.weight,
    attachment: state.attachment,
    prefix: prefixOf(member),
    selected: routing,
    fallback: settings.forced === 'fallback' && !isUsable(state, override),
    succession: succession.get(name),
    fitness: fitness(election.candidacy(member), override),
  };
}

/** What the provider routes to the line, as the configuration says or as the line stands. */
function prefixOf({ settings: { family, ipv6 }, state: { attachment } }: Member): Prefix | undefined {
  if (family === 4 || ipv6?.prefix === undefined) return undefined;
  if (ipv6.prefix !== 'auto') return parsePrefix(ipv6.prefix);
  const { network } = attachment;
  return network?.length === AUTO_LENGTH ? network : undefined;
}

function followsMain({ member: { settings } }: MonitoredUplink): boolean {
  return followedFamily(linkSettings(settings)) !== undefined;
}
