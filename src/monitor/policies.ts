import type { Configuration } from '../config/schema.ts';
import { type Family, familyOf } from '../network/address.ts';
import { IP_PROTOCOLS } from '../network/ip-protocol.ts';
import { parsePorts } from '../network/port-range.ts';
import { parsePrefix, type Prefix } from '../network/prefix.ts';
import type { Match, Policy } from '../plan/policy.ts';

type PolicySection = NonNullable<Configuration['policies']>[number];
type MatchSection = NonNullable<PolicySection['match']>;
/** Texts of networks by name. */
type Sets = ReadonlyMap<string, readonly string[]>;

/** The policies of a configuration, in its order. */
export function policiesOf({ policies = [], uplinks, address_sets = {} }: Configuration): Policy[] {
  const sets = new Map(Object.entries(address_sets));
  return policies.map(({ name, match = {}, use }) => ({
    name,
    matches: { 4: matchesOf(4, match, sets), 6: matchesOf(6, match, sets) },
    ...(use !== 'bypass' && { use: { weights: weightsOf(use, uplinks), otherwise: use.else } }),
  }));
}

/** Each combination of what the lists hold, as far as it can be of a family. */
function matchesOf(family: Family, section: MatchSection, sets: Sets): Match[] {
  const { source, destination, protocol, sport, dport, dscp, interface: interfaces } = section;
  const protocols = protocol?.map((name) => protocolNumber(name, family));
  return combinations([
    choices('from', networksOf(family, source, sets)),
    choices('to', networksOf(family, destination, sets)),
    choices('iif', interfaces),
    choices('ipProtocol', protocols),
    choices('sport', sport?.map(parsePorts)),
    choices('dport', dport?.map(parsePorts)),
    choices('dscp', dscp),
  ]);
}

/** A condition for each of the values; one that asks for nothing where no values are told, or one is undefined. */
function choices<Key extends keyof Match>(
  key: Key,
  values: readonly (NonNullable<Match[Key]> | undefined)[] = [undefined],
): Match[] {
  return values.map((value) => (value === undefined ? {} : { [key]: value }));
}

function combinations(lists: readonly (readonly Match[])[]): Match[] {
  return lists.reduce<Match[]>(
    (sofar, list) => sofar.flatMap((match) => list.map((one) => ({ ...match, ...one }))),
    [{}],
  );
}

/** Those of a family; the whole of it is undefined, since to a rule that is no condition. */
function networksOf(
  family: Family,
  words: MatchSection['source'],
  sets: Sets,
): (Prefix | undefined)[] | undefined {
  if (words === undefined) return undefined;
  const texts = new Set(words.flatMap((word) => sets.get(word) ?? [word]));
  const prefixes = [...texts].flatMap((text) => parsePrefix(text) ?? []);
  return prefixes
    .filter(({ address }) => familyOf(address) === family)
    .map((prefix) => (prefix.length === 0 ? undefined : prefix));
}

function protocolNumber(name: NonNullable<MatchSection['protocol']>[number], family: Family): number {
  return IP_PROTOCOLS[name === 'icmp' && family === 6 ? 'ipv6-icmp' : name];
}

function weightsOf(
  { uplink, group, uplinks: weights }: Exclude<PolicySection['use'], 'bypass'>,
  all: Configuration['uplinks'],
): Map<number, number> {
  const words = new Map(Object.entries(weights ?? (uplink === undefined ? {} : { [uplink]: 1 })));
  return new Map(
    all.flatMap((one, position): [number, number][] => {
      const named = words.get(one.description) ?? words.get(one.interface);
      const weight = group !== undefined && one.priority_group === group ? one.weight : named;
      return weight === undefined ? [] : [[position, weight]];
    }),
  );
}
