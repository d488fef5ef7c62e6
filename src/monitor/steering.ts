import { FAMILIES, type Family } from '../network/address.ts';
import type { PlannedUplink } from '../plan/default-route.ts';
import { type Policy, policyCarriers } from '../plan/policy.ts';
import type { MonitorEvent, PolicySummary, UplinkName } from './event.ts';

/** What becomes of connections that no uplink carries for a policy. */
const NOBODY: Readonly<Record<PolicySummary['otherwise'], string>> = {
  main: 'the main table',
  any: 'as all others',
  unreachable: 'unreachable',
  blackhole: 'black hole',
};

/** Where the policies lead, for each family in which they can fit: `planned` are all lines, `names` theirs. Pure. */
export function steering(
  policies: readonly Policy[],
  planned: readonly PlannedUplink[],
  names: readonly UplinkName[],
): PolicySummary[] {
  return policies.flatMap((policy) =>
    FAMILIES.filter((family) => policy.matches[family].length > 0).flatMap((family) => {
      const lines = planned.filter((line) => line.family === family);
      return lines.length === 0 ? [] : steered(policy, family, lines, names);
    }),
  );
}

function steered(
  policy: Policy,
  family: Family,
  lines: readonly PlannedUplink[],
  names: readonly UplinkName[],
): PolicySummary {
  const weights = policyCarriers(policy, lines);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const { name, use } = policy;
  return {
    policy: name,
    family,
    carriers: lines.flatMap(({ interface: device, position }) => {
      const weight = weights.get(position);
      const title = names.find((one) => one.family === family && one.interface === device);
      return weight === undefined || title === undefined ? [] : { ...title, share: weight / total };
    }),
    replaced: weights.size > 0 && ![...weights.keys()].some((position) => use?.weights.has(position)),
    otherwise: use?.otherwise ?? 'main',
  };
}

/** In words: "Fibre, Cable", or what becomes of those whom nobody carries; `say` names a carrier. Pure. */
export function formatSteering(
  { carriers, otherwise }: PolicySummary,
  say = ({ description }: PolicySummary['carriers'][number]) => description,
): string {
  return carriers.length === 0 ? NOBODY[otherwise] : carriers.map(say).join(', ');
}

/** The policies that lead elsewhere than `before`; one that was not there before is no news. Pure. */
export function detours(before: readonly PolicySummary[], now: readonly PolicySummary[]): MonitorEvent[] {
  return now.flatMap((is): MonitorEvent[] => {
    const was = before.find(({ policy, family }) => policy === is.policy && family === is.family);
    return was === undefined || formatSteering(was) === formatSteering(is)
      ? []
      : [{ kind: 'steered', was, is }];
  });
}
