import { isIPv4 } from 'node:net';
import { formatPath, type Path } from './fault.ts';
import { quote } from './quote.ts';
import type { Configuration } from './schema.ts';
import type { Partly } from './sound.ts';

type Target = NonNullable<Configuration['tests']['targets']>[number];

/** Something that values say together and that cannot be; `path` leads to the value that is named. */
export interface Contradiction {
  readonly path: Path;
  readonly message: string;
}

/** Judges what is sound of a configuration: its numbers, names and addresses beside each other. */
export function contradictions(configuration: Partly<Configuration>): Contradiction[] {
  return [
    ...interfaces(configuration),
    ...addresses(configuration),
    ...tests(configuration),
    ...mail(configuration),
    ...tables(configuration),
    ...priorities(configuration),
    ...marks(configuration),
  ];
}

function interfaces({ uplinks = [], downlinks }: Partly<Configuration>): Contradiction[] {
  return repetitions(
    [
      { path: ['downlinks', 'lan'], value: downlinks?.lan },
      { path: ['downlinks', 'dmz'], value: downlinks?.dmz },
      ...uplinks.map((uplink, index) => ({
        path: ['uplinks', index, 'interface'],
        value: uplink?.interface,
      })),
    ],
    'each uplink and downlink needs an interface of its own',
  );
}

function addresses({ uplinks = [] }: Partly<Configuration>): Contradiction[] {
  const own = uplinks.map((uplink, index) => ({ path: ['uplinks', index, 'ip'], value: uplink?.ip }));
  const gateways = uplinks.flatMap((uplink, index) =>
    uplink?.gateway !== undefined && uplink.gateway === uplink.ip
      ? [
          {
            path: ['uplinks', index, 'gateway'],
            message: `${quote(uplink.gateway)} is the uplink's own ip; the gateway is another host`,
          },
        ]
      : [],
  );
  return [...repetitions(own, 'each uplink needs an address of its own'), ...gateways];
}

function tests(configuration: Partly<Configuration>): Contradiction[] {
  const { ips, targets = [], required_successful: required } = configuration.tests ?? {};
  if (ips === undefined) return [];
  const repeated = [
    ...ips.map((value, index) => ({ path: ['tests', 'ips', index], value })),
    ...targets.map((target, index) => ({ path: ['tests', 'targets', index], value: identity(target) })),
  ];
  return [
    ...repetitions(repeated, 'a target counts once'),
    ...quorum(required, ips.length + targets.length),
    ...unresolvable(configuration.tests),
    ...nothingToAsk(configuration),
  ];
}

/** What makes a target another one, as it may stand in the file; undefined when a part of it is faulty. */
function identity(target: Partly<Target> | undefined): string | undefined {
  if (!isWhole(target)) return undefined;
  const url = target?.http?.url;
  return url ?? JSON.stringify(target).replaceAll('"', '');
}

function isWhole(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  const parts = Object.values(value);
  return parts.length > 0 && parts.every(isWhole);
}

function quorum(required: number | undefined, targets: number): Contradiction[] {
  if (targets === 0) return [{ path: ['tests', 'ips'], message: 'the list of IPv4 addresses is empty' }];
  if (required === undefined || required <= targets) return [];
  const message = `${required} of ${targets} targets can never answer; allowed: ${span(1, targets)}`;
  return [{ path: ['tests', 'required_successful'], message }];
}

/** Names that nobody could be asked for: not by the way of the machine's own resolver, which any line may be. */
function unresolvable({ targets = [], resolvers }: Partly<Configuration['tests']> = {}): Contradiction[] {
  if (resolvers !== undefined || targets.some((target) => target?.dns?.server !== undefined)) return [];
  return targets.flatMap((target, index) => {
    const url = target?.http?.url;
    const host = url === undefined ? undefined : new URL(url).hostname;
    if (host === undefined || isIPv4(host)) return [];
    const message = `nobody resolves ${quote(host)}: name DNS servers in tests.resolvers, or write an address`;
    return [{ path: ['tests', 'targets', index, 'http', 'url'], message }];
  });
}

/** A PPP link has no neighbours: without another target nothing would be asked there. */
function nothingToAsk({
  uplinks = [],
  tests: { ips = [], targets = [] } = {},
}: Partly<Configuration>): Contradiction[] {
  const ppp = uplinks.findIndex((uplink) => uplink?.type === 'ppp');
  const neighboursAlone = targets.length > 0 && targets.every((target) => target?.neighbour !== undefined);
  if (ppp < 0 || ips.length > 0 || !neighboursAlone) return [];
  const message = `a PPP link has no neighbour, ${formatPath(['uplinks', ppp])} needs another target`;
  return [{ path: ['tests', 'targets'], message }];
}

function mail({ email }: Partly<Configuration>): Contradiction[] {
  if (email?.send !== true) return [];
  return (['sender', 'recipients'] as const)
    .filter((key) => email[key] === undefined)
    .map((key) => ({
      path: ['email', key],
      message: 'missing: needed where email.send is true',
    }));
}

/** Tables of linux/rtnetlink.h that belong to the system. */
const SYSTEM_TABLES = { first: 253, last: 255 };

/** Priorities of the rules for main and default; fib_default_rules_init() in net/ipv4/fib_rules.c. */
const SYSTEM_PRIORITIES = { first: 32_766, last: 32_767 };

const UINT32_MAX = 0xffff_ffff;

function tables({ uplinks, base_table: base }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  return range(['base_table'], base, uplinks.length + 1, 'tables', { lowest: 1, system: SYSTEM_TABLES });
}

function priorities({ uplinks, base_priority: base }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  const count = 2 * uplinks.length + 1;
  return range(['base_priority'], base, count, 'priorities', { lowest: 2, system: SYSTEM_PRIORITIES });
}

function marks({ uplinks, base_fwmark: base }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  return range(['base_fwmark'], base, uplinks.length, 'marks', { lowest: 1 });
}

interface Space {
  readonly lowest: number;
  /** Numbers that are taken. */
  readonly system?: { readonly first: number; readonly last: number };
}

/** Whether `count` numbers from `base` on are free. */
function range(
  path: Path,
  base: number,
  count: number,
  what: string,
  { lowest, system }: Space,
): Contradiction[] {
  const last = base + count - 1;
  const meets = system !== undefined && base <= system.last && last >= system.first;
  if (last <= UINT32_MAX && !meets) return [];
  const highest = UINT32_MAX - count + 1;
  const below = system === undefined ? lowest - 1 : system.first - count;
  const allowed = [
    ...(below >= lowest ? [span(lowest, below)] : []),
    span(system === undefined ? lowest : system.last + 1, highest),
  ];
  const reason = meets
    ? `${system.first} to ${system.last} belong to the system`
    : `the last possible is ${UINT32_MAX}`;
  return [
    {
      path,
      message: `${what} ${span(base, last)} would be used, but ${reason}; allowed: ${allowed.join(', ')}`,
    },
  ];
}

/** Numbers from `first` to `last` in words. */
function span(first: number, last: number): string {
  return first === last ? String(first) : `${first} to ${last}`;
}

interface Place {
  readonly path: Path;
  readonly value: string | undefined;
}

/** A contradiction for each value that stood before. */
function repetitions(places: readonly Place[], reason: string): Contradiction[] {
  const first = new Map<string, Path>();
  return places.flatMap(({ path, value }) => {
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, path);
    return earlier === undefined
      ? []
      : [{ path, message: `${quote(value)} is already ${formatPath(earlier)}; ${reason}` }];
  });
}
