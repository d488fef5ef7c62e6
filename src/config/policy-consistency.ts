import { parsePrefix } from '../network/prefix.ts';
import { type Family, familyOf } from '../network/address.ts';
import { type Contradiction, repetitions } from './contradiction.ts';
import type { Path } from './fault.ts';
import { nearest } from './nearest.ts';
import type { PolicySection } from './policies.ts';
import { quote } from './quote.ts';
import { ruleNameFault } from './rule-name.ts';
import type { Configuration } from './schema.ts';
import type { Partly } from './sound.ts';
import { isSetName } from './traffic.ts';

type Policy = Partly<PolicySection>;
type Match = NonNullable<Policy['match']>;
type Use = Exclude<NonNullable<Policy['use']>, 'bypass'>;
type Uplinks = NonNullable<Partly<Configuration>['uplinks']>;
type Sets = ReadonlyMap<string, readonly (string | undefined)[] | undefined>;

/** A policy is as many rules as its lists have combinations. */
const MOST_RULES = 256;

/** Judges the policies beside the uplinks and address sets that they name. */
export function policyContradictions({
  policies = [],
  uplinks = [],
  address_sets = {},
  firewall,
}: Partly<Configuration>): Contradiction[] {
  const sets = new Map(Object.entries(address_sets));
  const names = policies.map((policy, index) => ({ path: ['policies', index, 'name'], value: policy?.name }));
  return [
    ...setNames(sets),
    ...repetitions(names, 'each policy needs a name of its own'),
    ...policies.flatMap((policy, index): Contradiction[] => {
      const { match = {}, use } = policy ?? {};
      const path = ['policies', index];
      return [
        ...unknownSets([...path, 'match'], match, sets),
        ...families([...path, 'match'], match, sets),
        ...portless([...path, 'match'], match),
        ...tooMany([...path, 'match'], match, sets),
        ...(policy?.sticky === undefined ? [] : unsticky(path, policy, firewall?.manage === true)),
        ...(use === undefined || use === 'bypass' ? [] : members([...path, 'use'], use, uplinks)),
      ];
    }),
  ];
}

/** What keeps the connections of a policy from sticking. */
function unsticky(path: Path, { match, use }: Policy, managed: boolean): Contradiction[] {
  const at = [...path, 'sticky'];
  const names = (match?.interface ?? []).flatMap((name) => ruleNameFault(name ?? 'lo') ?? []);
  return [
    ...(managed ? [] : [{ path: at, message: 'needs firewall.manage: true' }]),
    ...(use === 'bypass' ? [{ path: at, message: 'there is no uplink to stick to: use is bypass' }] : []),
    ...names.map((message) => ({ path: at, message })),
  ];
}

function setNames(sets: Sets): Contradiction[] {
  const wrong = [...sets.keys()].filter((name) => !isSetName(name));
  const message = 'a name begins with a letter and has only letters, digits, "_" and "-"';
  return wrong.map((name) => ({ path: ['address_sets', name], message }));
}

const ENDS = ['source', 'destination'] as const;

function unknownSets(path: Path, match: Match, sets: Sets): Contradiction[] {
  const known = [...sets.keys()];
  return ENDS.flatMap((end) =>
    (match[end] ?? []).flatMap((word, index, { length }) => {
      if (word === undefined || !isSetName(word) || known.includes(word)) return [];
      // One value needs no list.
      const place = length === 1 ? [...path, end] : [...path, end, index];
      return [{ path: place, message: unknown('address set', word, known) }];
    }),
  );
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== undefined) return `there is no ${what} ${quote(word)}; did you mean ${quote(meant)}?`;
  const all = [...new Set(known)].join(', ');
  return `there is no ${what} ${quote(word)}${all === '' ? '' : `; there are ${all}`}`;
}

/** The families of an end's networks; undefined where both fit. */
function familiesOf(words: Match['source'], sets: Sets): Set<Family> | undefined {
  const found = networksOf(words, sets).flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? [] : [familyOf(prefix.address)];
  });
  return found.length === 0 ? undefined : new Set(found);
}

/** The texts of an end's networks, with those of its sets. */
function networksOf(words: Match['source'], sets: Sets): string[] {
  return (words ?? []).flatMap((word) => (sets.get(word ?? '') ?? [word]).flatMap((text) => text ?? []));
}

function families(path: Path, { source, destination }: Match, sets: Sets): Contradiction[] {
  const [from, to] = [familiesOf(source, sets), familiesOf(destination, sets)];
  if (from === undefined || to === undefined || [...from].some((family) => to.has(family))) return [];
  const [[one], [other]] = [[...from], [...to]];
  const message = `IPv${other} addresses, but the source is IPv${one}: nothing comes from there`;
  return [{ path: [...path, 'destination'], message }];
}

const WITH_PORTS = ['tcp', 'udp', 'sctp', 'dccp'];

function portless(path: Path, { protocol, sport, dport }: Match): Contradiction[] {
  const fits = protocol?.every((one) => one === undefined || WITH_PORTS.includes(one));
  if (fits) return [];
  const message = `ports need a protocol that has them; allowed: ${WITH_PORTS.join(', ')}`;
  return Object.entries({ sport, dport }).flatMap(([key, ports]) =>
    ports === undefined ? [] : [{ path: [...path, key], message }],
  );
}

function tooMany(path: Path, match: Match, sets: Sets): Contradiction[] {
  const { source, destination, ...lists } = match;
  const ends = [networksOf(source, sets), networksOf(destination, sets)];
  const lengths = [...ends, ...Object.values(lists)].map((list) => Math.max(1, list?.length ?? 0));
  const rules = lengths.reduce((product, length) => product * length, 1);
  if (rules <= MOST_RULES) return [];
  const message = `the lists have ${rules} combinations, each of which is a rule; allowed: ${MOST_RULES}`;
  return [{ path, message }];
}

function members(
  path: Path,
  { uplink, group, uplinks: weights = {} }: Use,
  uplinks: Uplinks,
): Contradiction[] {
  const named = Object.keys(weights);
  const places = [
    ...(uplink === undefined ? [] : [{ path: [...path, 'uplink'], word: uplink }]),
    ...named.map((word) => ({ path: [...path, 'uplinks', word], word })),
  ];
  const faults = places.flatMap(({ path: place, word }) => {
    const message = unidentified(word, uplinks);
    return message === undefined ? [] : [{ path: place, message }];
  });
  const twice = repetitions(
    named.map((word) => ({
      path: [...path, 'uplinks', word],
      value: uplinks.find((one) => isCalled(one, word))?.interface,
    })),
    'each uplink stands there once',
  );
  return [...faults, ...twice, ...emptyGroup([...path, 'group'], group, uplinks)];
}

function isCalled(uplink: Uplinks[number], word: string): boolean {
  return uplink?.description === word || uplink?.interface === word;
}

/** Why a word does not name one uplink; undefined where it does. */
function unidentified(word: string, uplinks: Uplinks): string | undefined {
  const meant = uplinks.filter((uplink) => isCalled(uplink, word));
  if (meant.length === 1) return undefined;
  if (meant.length === 0)
    return unknown(
      'uplink',
      word,
      uplinks.flatMap((uplink) => [uplink?.description ?? [], uplink?.interface ?? []].flat()),
    );
  const interfaces = meant.map((uplink) => uplink?.interface).join(', ');
  return `${quote(word)} may be the uplink on any of ${interfaces}; write the interface`;
}

function emptyGroup(path: Path, group: number | undefined, uplinks: Uplinks): Contradiction[] {
  const groups = new Set(uplinks.flatMap((uplink) => uplink?.priority_group ?? []));
  if (group === undefined || groups.has(group)) return [];
  const some =
    groups.size === 0
      ? 'no uplink has a priority_group'
      : `allowed: ${[...groups].toSorted((a, b) => a - b).join(', ')}`;
  return [{ path, message: `no uplink is in group ${group}; ${some}` }];
}
