import type { Configuration } from '../config/schema.ts';
import { type Numbering, number } from '../plan/numbering.ts';
import { table } from './table.ts';

const NOTHING = '–';
const HEADING = ['UPLINK', 'INTERFACE', 'TYPE', 'GROUP', 'WEIGHT', 'SHARE', 'TABLE', 'MARK', 'RULES'];

/** What the daemon makes of a configuration: a table with a line for each uplink, and sentences. Pure. */
export function overview(configuration: Configuration): string[] {
  const { uplinks } = configuration;
  const numbering = number(configuration);
  const { uplinks: numbers, balancing, mainPriority } = numbering;
  const rows = uplinks.map((uplink, position) => {
    const { table: own, mark, priority, markPriority } = numbers[position]!;
    return [
      uplink.description,
      uplink.interface,
      uplink.type,
      uplink.priority_group ?? NOTHING,
      uplink.weight,
      share(uplink, uplinks),
      own,
      `0x${mark.toString(16)}`,
      `${priority}, ${markPriority}`,
    ].map(String);
  });
  return [
    ...table([HEADING, ...rows]),
    '',
    ...steering(configuration, numbering),
    `New connections: table ${balancing.table}, rule ${balancing.priority}. ${succession(uplinks)}`,
    mainPriority === undefined
      ? 'The main table comes first: a default route there wins.'
      : `The main table comes first without its default route, by rule ${mainPriority}.`,
  ];
}

/** A sentence for each policy. */
function steering(
  { policies = [] }: Configuration,
  { policies: numbers, mainPriority }: Numbering,
): string[] {
  return policies.map(({ name, use }, place) => {
    const { table: own, priority } = numbers[place]!;
    if (use === 'bypass') {
      const late = mainPriority === undefined ? ', which comes first anyway' : '';
      return `Policy ${name}: rule ${priority}. The main table carries them${late}.`;
    }
    return `Policy ${name}: table ${own}, rule ${priority}. ${membersOf(use)}; while none works, ${LAST_RESORTS[use.else]}.`;
  });
}

const LAST_RESORTS = {
  any: 'as all others',
  unreachable: 'they are unreachable',
  blackhole: 'they are dropped',
} as const;

function membersOf({ uplink, group, uplinks }: Exclude<PolicyUse, 'bypass'>): string {
  if (group !== undefined) return `Group ${group} carries them`;
  const weighted = Object.entries(uplinks ?? {}).map(([name, weight]) => `${name} (${weight})`);
  return `${uplink ?? weighted.join(', ')} ${weighted.length > 1 ? 'carry' : 'carries'} them`;
}

type PolicyUse = NonNullable<Configuration['policies']>[number]['use'];
type Uplinks = Configuration['uplinks'];

/** Of new connections, while all of its group work and the group is the best that does. */
function share({ weight, priority_group: group }: Uplinks[number], uplinks: Uplinks): string {
  if (group === undefined) return NOTHING;
  const rivals = uplinks.filter(({ priority_group: other }) => other === group);
  return `${Math.round((100 * weight) / rivals.reduce((sum, rival) => sum + rival.weight, 0))} %`;
}

/** In which order groups carry connections. */
function succession(uplinks: Uplinks): string {
  const groups = new Set(uplinks.flatMap(({ priority_group: group }) => group ?? []));
  const [first, ...others] = [...groups].toSorted((a, b) => a - b);
  if (first === undefined) return 'No uplink has a priority_group: none carries any.';
  if (others.length === 0) return `Group ${first} carries them.`;
  return `Group ${first} carries them; while nothing of it works, ${others.map((group) => `group ${group}`).join(', then ')}.`;
}
