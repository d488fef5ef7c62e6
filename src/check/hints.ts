import type { Configuration } from '../config/schema.ts';
import type { Interfaces } from '../monitor/interfaces.ts';
import { linesOf, linkSettings } from '../monitor/settings.ts';
import type { Family } from '../network/address.ts';
import { formatRoute, type Route } from '../network/route.ts';
import type { Rule } from '../network/rule.ts';
import { MAIN_TABLE, type Numbering, number, ownTables, PROTOCOL } from '../plan/numbering.ts';
import { attach } from '../uplink/attachment.ts';

/** What a configuration meets on this machine. */
export interface Surroundings extends Interfaces {
  /** The configuration's file and its permission bits, inode(7). */
  readonly file: { readonly path: string; readonly mode: number };
  /** Rules of others, of the families that the uplinks have. */
  readonly rules: readonly Pick<Rule, 'family' | 'priority' | 'table' | 'mark' | 'protocol'>[];
  /** All routes of the same families in the main table and in those that the configuration claims. */
  readonly routes: readonly Route[];
  /** Families of which the kernel spreads connections by their addresses alone. */
  readonly balancedByAddress: readonly Family[];
}

/** What the administrator may not have meant, a sentence each; nothing of it keeps the daemon from starting. Pure. */
export function hints(configuration: Configuration, surroundings: Surroundings): string[] {
  const numbering = number(configuration);
  return [
    ...attachments(configuration, surroundings),
    ...mainDefaults(numbering, surroundings),
    ...foreignRoutes(numbering, surroundings),
    ...foreignRules(numbering, surroundings),
    ...balancing(configuration, surroundings),
    ...secrets(configuration, surroundings),
    ...misplacedLog(configuration),
  ];
}

function attachments(configuration: Configuration, { links, defaults }: Surroundings): string[] {
  const { downlinks } = configuration;
  const faults = linesOf(configuration).flatMap((uplink) => {
    const { fault } = attach(linkSettings(uplink), links, defaults);
    return fault === undefined ? [] : [`Uplink ${uplink.description}: ${fault}.`];
  });
  const absent = Object.entries(downlinks).filter(
    ([, name]) => name !== undefined && links.every((link) => link.name !== name),
  );
  return [...faults, ...absent.map(([key, name]) => `Downlink ${key}: there is no interface ${name}.`)];
}

function mainDefaults({ mainPriority }: Numbering, { routes }: Surroundings): string[] {
  if (mainPriority !== undefined) return [];
  return routes
    .filter(({ table, destination }) => table === MAIN_TABLE && destination === undefined)
    .map(
      (route) =>
        `The main table has a route "${formatRoute(route)}", which wins over the uplinks: ` +
        'remove it, or choose a base_priority below 32766.',
    );
}

function foreignRoutes(numbering: Numbering, { routes }: Surroundings): string[] {
  const ours = ownTables(numbering);
  return routes
    .filter(({ table, protocol }) => ours.includes(table) && protocol !== PROTOCOL)
    .map(
      (route) => `Table ${route.table} has a route of somebody else, "${formatRoute(route)}"${origin(route)}`,
    );
}

function foreignRules(numbering: Numbering, { rules }: Surroundings): string[] {
  const { uplinks, balancing, mainPriority } = numbering;
  const first = mainPriority ?? Math.min(...uplinks.map(({ priority }) => priority));
  const tables = ownTables(numbering);
  const found = rules.flatMap((rule) => {
    const { family, priority, table, mark } = rule;
    const marked = uplinks.filter(
      (uplink) => mark !== undefined && (uplink.mark & mark.mask) >>> 0 === mark.value,
    );
    const reasons = [
      ...(priority >= first && priority <= balancing.priority ? ['stands among ours'] : []),
      ...(tables.includes(table) ? [`leads to our table ${table}`] : []),
      ...marked.map((uplink) => `asks for our mark 0x${uplink.mark.toString(16)}`),
    ];
    if (reasons.length === 0) return [];
    const what = family === 4 ? 'A rule' : 'An IPv6 rule';
    return [`${what} of somebody else with priority ${priority} ${reasons.join(' and ')}${origin(rule)}`];
  });
  return [...new Set(found)];
}

/**
 * RTPROT_UNSPEC and RTPROT_BOOT, linux/rtnetlink.h: what `ip` gives to rules and routes that are added without a word
 * about it. Version 1.x said none, and knew no IPv6.
 */
const UNNAMED = [0, 3];

function origin({ family, protocol }: Pick<Rule, 'family' | 'protocol'>): string {
  return family === 4 && UNNAMED.includes(protocol) ? '; was it left by version 1.x?' : '.';
}

/** It may be meant, but nobody has said so: 0 is the kernel's default. */
function balancing(configuration: Configuration, { balancedByAddress }: Surroundings): string[] {
  if (configuration.balance_by !== undefined) return [];
  const lines = linesOf(configuration);
  return balancedByAddress
    .filter((family) => {
      const groups = lines
        .filter((line) => line.family === family)
        .flatMap(({ priority_group: group }) => group ?? []);
      return new Set(groups).size < groups.length;
    })
    .map(
      (family) =>
        `IPv${family} connections over the uplinks of a group are balanced by address ` +
        `(net.ipv${family}.fib_multipath_hash_policy is 0): choose with balance_by.`,
    );
}

function secrets({ email }: Configuration, { file }: Surroundings): string[] {
  const { password, password_file: elsewhere } = email?.smtp_parameters ?? {};
  const open = password !== undefined && elsewhere === undefined && (file.mode & 0o004) !== 0;
  return open ? [`Everybody may read the password: chmod o= ${file.path}`] : [];
}

/** LogsDirectory= of config/fault-tolerant-router.service.in. */
const LOGS_DIRECTORY = '/var/log/fault-tolerant-router';

function misplacedLog({ log }: Configuration): string[] {
  if (log === undefined || log.file.startsWith(`${LOGS_DIRECTORY}/`)) return [];
  return [
    `Run by systemd, the daemon writes log files in ${LOGS_DIRECTORY}, and ${log.file} is elsewhere: its lines would go to the journal.`,
  ];
}
