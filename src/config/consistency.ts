import { type Contradiction, repetitions, span } from './contradiction.ts';
import { formatPath, type Path } from './fault.ts';
import { quote } from './quote.ts';
import { translationContradictions } from './ipv6.ts';
import { ruleNameFault } from './rule-name.ts';
import type { Configuration } from './schema.ts';
import type { Partly } from './sound.ts';
import { policyContradictions } from './policy-consistency.ts';
import { testContradictions } from './test-consistency.ts';

export const PASSWORD_FILE: Path = ['email', 'smtp_parameters', 'password_file'];

/** Judges what is sound of a configuration: its numbers, names and addresses beside each other. */
export function contradictions(configuration: Partly<Configuration>): Contradiction[] {
  return [
    ...interfaces(configuration),
    ...addresses(configuration),
    ...fallbacks(configuration),
    ...testContradictions(configuration),
    ...policyContradictions(configuration),
    ...mail(configuration),
    ...hooks(configuration),
    ...ids(configuration),
    ...tables(configuration),
    ...priorities(configuration),
    ...marks(configuration),
    ...managedNames(configuration),
    ...translationContradictions(configuration),
    ...mainDefault(configuration),
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

/** What is kept would leave by another line with the address of the old one, and never be answered. */
function fallbacks({ uplinks = [], on_failure: all }: Partly<Configuration>): Contradiction[] {
  return uplinks.flatMap((uplink, index) =>
    uplink?.forced === 'fallback' && (uplink.on_failure ?? all) === 'keep'
      ? [
          {
            path: ['uplinks', index, 'forced'],
            message: '"fallback" needs on_failure: flush; connections that are kept stay with their uplink',
          },
        ]
      : [],
  );
}

function mail({ email }: Partly<Configuration>): Contradiction[] {
  const { password, password_file: place } = email?.smtp_parameters ?? {};
  const twice =
    password !== undefined && place !== undefined
      ? [{ path: PASSWORD_FILE, message: 'the password stands in `password`, too; one of the two is enough' }]
      : [];
  if (email?.send !== true) return twice;
  const missing = (['sender', 'recipients'] as const)
    .filter((key) => email[key] === undefined)
    .map((key) => ({
      path: ['email', key],
      message: 'missing: needed where email.send is true',
    }));
  return [...twice, ...missing];
}

function hooks({ hooks = [] }: Partly<Configuration>): Contradiction[] {
  const seen = new Set<string>();
  // Without the URL itself: it may be a secret.
  const message = 'an earlier hook has the same; one hook for a url waits for all of its events';
  return hooks.flatMap((hook, index) => {
    if (hook?.url === undefined || seen.size < seen.add(hook.url).size) return [];
    return [{ path: ['hooks', index, 'url'], message }];
  });
}

/** No two uplinks may have the same number, whether it is their `id` or their position. */
function ids({ uplinks = [] }: Partly<Configuration>): Contradiction[] {
  return uplinks.flatMap((uplink, index) => {
    const id = uplink?.id;
    if (id === undefined) return [];
    const rival = uplinks.findIndex(
      (other, position) => position !== index && (other?.id ?? position) === id,
    );
    const chosen = uplinks[rival]?.id !== undefined;
    if (rival < 0 || (chosen && rival > index)) return [];
    const message = chosen
      ? `${id} is already ${formatPath(['uplinks', rival, 'id'])}; each uplink needs a number of its own`
      : `${id} is the number of ${formatPath(['uplinks', rival])} by its position; that one needs an id, too`;
    return [{ path: ['uplinks', index, 'id'], message }];
  });
}

/** So many numbers of a kind are set aside for uplinks. */
function numbersOf(uplinks: NonNullable<Partly<Configuration>['uplinks']>): number {
  return Math.max(...uplinks.map((uplink, position) => uplink?.id ?? position)) + 1;
}

/** Tables of linux/rtnetlink.h that belong to the system. */
const SYSTEM_TABLES = { first: 253, last: 255 };

/** Priorities of the rules for main and default; fib_default_rules_init() in net/ipv4/fib_rules.c. */
const SYSTEM_PRIORITIES = { first: 32_766, last: 32_767 };

const UINT32_MAX = 0xffff_ffff;

function tables({ uplinks, policies = [], base_table: base }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  const count = numbersOf(uplinks) + 1 + policies.length;
  return range(['base_table'], base, count, 'tables', { lowest: 1, system: SYSTEM_TABLES });
}

function priorities({ uplinks, policies = [], base_priority: base }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  const count = 2 * numbersOf(uplinks) + 1 + policies.length;
  return range(['base_priority'], base, count, 'priorities', { lowest: 2, system: SYSTEM_PRIORITIES });
}

function marks({ uplinks, base_fwmark: base, firewall }: Partly<Configuration>): Contradiction[] {
  if (uplinks === undefined || base === undefined) return [];
  const beyond = range(['base_fwmark'], base, numbersOf(uplinks), 'marks', { lowest: 1 });
  return beyond.length > 0 ? beyond : maskedMarks(uplinks, base, firewall?.fwmark_mask);
}

/** Marks that differ in bits which are not ours would be one and the same. */
function maskedMarks(
  uplinks: NonNullable<Partly<Configuration>['uplinks']>,
  base: number,
  mask = UINT32_MAX,
): Contradiction[] {
  const used = uplinks.map((uplink, position) => base + (uplink?.id ?? position));
  const outside = used.find((mark) => (mark & ~mask) !== 0);
  if (outside === undefined) return [];
  const hex = (value: number) => `0x${value.toString(16)}`;
  const message = `the mark ${hex(outside)}, base_fwmark + ${outside - base}, has bits outside of fwmark_mask ${hex(mask)}; choose a mask that holds every mark from ${hex(base)} on`;
  return [{ path: ['firewall', 'fwmark_mask'], message }];
}

/** What sets the address of an uplink sets a default route in `main`, too, which must not win. */
function mainDefault({ uplinks = [], base_priority: base }: Partly<Configuration>): Contradiction[] {
  const follower = uplinks.find((uplink) => uplink?.type === 'dhcp' || uplink?.type === 'auto');
  if (follower === undefined || base === undefined || base <= SYSTEM_PRIORITIES.last) return [];
  const message = `${base} comes after the main table, where an uplink of type ${follower.type} has its default route, which would win; write a number below ${SYSTEM_PRIORITIES.first}, 20000 for instance`;
  return [{ path: ['base_priority'], message }];
}

/** A firewall can be managed only for names that its rules can hold. */
function managedNames({ uplinks = [], firewall }: Partly<Configuration>): Contradiction[] {
  if (firewall?.manage !== true) return [];
  return uplinks.flatMap((uplink, index) => {
    const message = uplink?.interface && ruleNameFault(uplink.interface);
    return message ? [{ path: ['uplinks', index, 'interface'], message }] : [];
  });
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
