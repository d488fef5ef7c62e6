import type { Family } from '../network/address.ts';
import type { Policy } from '../plan/policy.ts';
import { matchExpressions } from './match.ts';

/** An uplink that clients may stick to. */
export interface Adhesive {
  readonly interface: string;
  readonly mark: number;
  /** The families in which it works: only then a client is led there. */
  readonly works: readonly Family[];
}

/** A policy, in the order in which the first that fits decides. */
export interface StickyPolicy {
  readonly matches: Policy['matches'];
  /** Absent: its connections do not stick, nor by a later policy. */
  readonly sticky?: {
    /** So long after its last new connection a client is remembered, whole seconds. */
    readonly time: number;
    readonly uplinks: readonly Adhesive[];
  };
}

/** A chain of nft: its name and statements. */
type Chain = readonly [name: string, statements: readonly string[]];

/** For new connections from inside; made by stickyChains() where anything sticks. */
export const STICK = 'stick';
/** For new connections that leave by an uplink. */
export const LEARN = 'learn';

/** A client is remembered in one set of those that its policy has for its family, one for each uplink. */
export function stickySets(policies: readonly StickyPolicy[]): string[] {
  return policies.flatMap(({ sticky }, place) =>
    (sticky?.uplinks ?? []).flatMap(({ mark }) =>
      FAMILIES.map(
        ([family, type]) =>
          `\tset ${setName(place, mark, family)} {\n\t\ttype ${type}\n\t\tsize 65535\n` +
          `\t\tflags dynamic,timeout\n\t\ttimeout ${formatTime(sticky?.time ?? 0)}\n\t}`,
      ),
    ),
  );
}

/** The chains that lead clients and learn where they went; none where nothing sticks. */
export function stickyChains(policies: readonly StickyPolicy[]): Chain[] {
  const last = policies.findLastIndex(({ sticky }) => sticky !== undefined);
  const deciding = policies.slice(0, last + 1);
  if (deciding.length === 0) return [];
  const each = deciding.flatMap(({ sticky }, place): Chain[] =>
    sticky === undefined
      ? []
      : [
          [`${STICK}_${place}`, leading(sticky.uplinks, place)],
          [`${LEARN}_${place}`, learning(sticky.uplinks, place)],
        ],
  );
  const distributors = [STICK, LEARN].map((name): Chain => [name, distribution(name, deciding)]);
  return [...each, ...distributors];
}

const FAMILIES = [
  [4, 'ipv4_addr', 'ip'],
  [6, 'ipv6_addr', 'ip6'],
] as const;

function setName(place: number, mark: number, family: Family): string {
  return `sticky_${place}_${mark}${family === 4 ? '' : '_v6'}`;
}

function leading(uplinks: readonly Adhesive[], place: number): string[] {
  return uplinks.flatMap(({ mark, works }) =>
    FAMILIES.flatMap(([family, , header]) =>
      works.includes(family) ? [`${header} saddr @${setName(place, mark, family)} goto lead_${mark}`] : [],
    ),
  );
}

/** Who goes by one uplink is forgotten at the others. */
function learning(uplinks: readonly Adhesive[], place: number): string[] {
  return uplinks.flatMap(({ interface: name, mark }) =>
    FAMILIES.flatMap(([family, , header]) =>
      uplinks.map((other) => {
        const verb = other.mark === mark ? 'update' : 'delete';
        return `oifname "${name}" ${verb} @${setName(place, other.mark, family)} { ${header} saddr }`;
      }),
    ),
  );
}

/** The first policy that fits decides. */
function distribution(chain: string, policies: readonly StickyPolicy[]): string[] {
  return policies.flatMap(({ matches, sticky }, place) => {
    const verdict = sticky === undefined ? 'return' : `goto ${chain}_${place}`;
    const asked = FAMILIES.flatMap(([family]) =>
      matches[family].map((match) => matchExpressions(family, match)),
    );
    return [...new Set(asked)].map((expressions) => [expressions, verdict].join(' ').trim());
  });
}

/** As nft writes it: "1d2h3m4s", without what is 0. */
function formatTime(seconds: number): string {
  const units = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ] as const;
  return units.flatMap(([unit, count]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
}
