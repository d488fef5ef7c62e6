import { type Contradiction, repetitions, span } from './contradiction.ts';
import { formatPath, type Path } from './fault.ts';
import { quote } from './quote.ts';
import type { Configuration } from './schema.ts';
import type { Partly } from './sound.ts';
import type { Tests } from './tests.ts';

type Target = NonNullable<Tests['targets']>[number];
type SomeTests = Partly<Pick<Tests, 'ips' | 'targets' | 'resolvers' | 'required_successful'>>;

/** Judges how uplinks are tested: all of them, and those that are tested otherwise. */
export function testContradictions({ tests, uplinks = [] }: Partly<Configuration>): Contradiction[] {
  const ppp = uplinks.findIndex((uplink) => uplink?.type === 'ppp');
  const own = uplinks.flatMap((uplink, index) => {
    if (uplink?.tests === undefined) return [];
    const all = { ...tests, ...uplink.tests };
    return contradictionsOf(
      ['uplinks', index, 'tests'],
      uplink.tests,
      all,
      uplink.type === 'ppp' ? index : -1,
    );
  });
  return [...contradictionsOf(['tests'], tests, tests, ppp), ...own];
}

/** Of the keys at `path` where `all` holds; `ppp`: a PPP uplink that is tested so, or -1. */
function contradictionsOf(
  path: Path,
  stated: SomeTests = {},
  all: SomeTests = {},
  ppp: number,
): Contradiction[] {
  const { ips, targets = [], required_successful: required } = all;
  if (ips === undefined) return [];
  const repeated = [
    ...(stated.ips ?? []).map((value, index) => ({ path: [...path, 'ips', index], value })),
    ...(stated.targets ?? []).map((target, index) => ({
      path: [...path, 'targets', index],
      value: identity(target),
    })),
  ];
  const count = ips.length + targets.length;
  const quorumKey = stated.required_successful === undefined || count === 0 ? 'ips' : 'required_successful';
  const messages = { [quorumKey]: quorum(required, count), targets: nothingToAsk(ips.length, targets, ppp) };
  return [
    ...repetitions(repeated, 'a target counts once'),
    ...Object.entries(messages).flatMap(([key, message]) =>
      message === undefined ? [] : { path: [...path, key], message },
    ),
    ...unresolvable(path, stated.targets ?? [], all),
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

function quorum(required: number | undefined, targets: number): string | undefined {
  if (targets === 0) return 'the list of IPv4 addresses is empty';
  if (required === undefined || required <= targets) return undefined;
  return `${required} of ${targets} targets can never answer; allowed: ${span(1, targets)}`;
}

/** Names that nobody could be asked for: not by the way of the machine's own resolver, which any line may be. */
function unresolvable(
  path: Path,
  stated: readonly (Partly<Target> | undefined)[],
  { targets = [], resolvers }: SomeTests,
): Contradiction[] {
  if (resolvers !== undefined || targets.some((target) => target?.dns?.server !== undefined)) return [];
  return stated.flatMap((target, index) => {
    const url = target?.http?.url;
    const host = url === undefined ? undefined : new URL(url).hostname;
    if (host === undefined || /^(\[|[\d.]+$)/.test(host)) return [];
    const message = `nobody resolves ${quote(host)}: name DNS servers in ${formatPath([...path, 'resolvers'])}, or write an address`;
    return [{ path: [...path, 'targets', index, 'http', 'url'], message }];
  });
}

/** A PPP link has no neighbours: without another target nothing would be asked there. */
function nothingToAsk(
  ips: number,
  targets: readonly (Partly<Target> | undefined)[],
  ppp: number,
): string | undefined {
  const neighboursAlone = targets.length > 0 && targets.every((target) => target?.neighbour !== undefined);
  if (ppp < 0 || ips > 0 || !neighboursAlone) return undefined;
  return `a PPP link has no neighbour, ${formatPath(['uplinks', ppp])} needs another target`;
}
