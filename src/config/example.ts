import type { JsonSchema } from './json-schema.ts';
import { flow, type Key, keysOf, type SectionValue, type Value } from './keys.ts';
import { wrap } from './wrap.ts';

/** A section, as an item of a list or within one. */
interface Item {
  readonly [name: string]: Value | Item;
}

/** What the example says where neither a default nor the example of a single key tells enough. */
const SAMPLE: Readonly<Record<string, Value | readonly Item[]>> = {
  uplinks: [
    {
      interface: 'eth1',
      description: 'Fibre',
      weight: 3,
      priority_group: 1,
      type: 'static',
      ip: '198.51.100.2',
      gateway: '198.51.100.1',
    },
    {
      interface: 'eth2',
      description: 'Cable',
      weight: 1,
      priority_group: 1,
      type: 'static',
      ip: '203.0.113.2',
      gateway: '203.0.113.1',
    },
    { interface: 'ppp0', description: 'LTE', priority_group: 2, type: 'ppp' },
  ],
  'downlinks.lan': 'eth0',
};

/** Lists of sections that the example offers, switched off. */
const OFFER: Readonly<Record<string, readonly Item[]>> = {
  'tests.targets': [
    { tcp: '192.0.2.1:443' },
    { dns: { server: '9.9.9.9', name: 'example.com', type: 'A' } },
    { http: { url: 'https://connectivity.example.com/', status: 204 } },
    { neighbour: 'gateway' },
  ],
  policies: [
    {
      name: 'voice',
      match: { source: '10.0.5.0/24', protocol: 'udp', dport: "[5060, '10000-20000']", dscp: 'ef' },
      use: { uplink: 'Fibre', else: 'any' },
    },
    {
      name: 'mail',
      match: { interface: 'eth0', protocol: 'tcp', sport: '1024-65534', dport: 25 },
      use: { group: 1, else: 'unreachable' },
    },
    {
      name: 'branches',
      match: { destination: 'branches' },
      use: { uplinks: '{Fibre: 3, LTE: 1}' },
    },
    { name: 'internal', match: { destination: '10.0.0.0/8' }, use: 'bypass' },
  ],
  hooks: [
    { on: '[uplink_down, uplink_up]', command: '[/usr/local/bin/notify, --urgent]', timeout: '10s' },
    { on: '[all_down, some_up]', url: 'https://hooks.example.com/router' },
  ],
};

const PREFACE = `# Configuration of fault_tolerant_router: an example with three uplinks, where
# LTE is used only while neither Fibre nor Cable works. A "#" right before a key
# switches it off. All this is explained in fault_tolerant_router.conf(5), too;
# "fault_tolerant_router check" judges the file.`;

/** A valid configuration file that explains every key, from the configuration's JSON schema. */
export function exampleConfiguration(schema: JsonSchema): string {
  const sections = keysOf(schema).map((key) => write(key, '', false).join('\n'));
  return `${[PREFACE, ...sections].join('\n\n')}\n`;
}

/** The lines of a key; `off`: it belongs to a section that is not set. */
function write(key: Key, indent: string, off: boolean): string[] {
  const { path, name, list, keys, required } = key;
  const value = SAMPLE[path] ?? key.default;
  // A section that cannot do without some key is not set without it.
  const whole = keys !== undefined && !list && keys.every((nested) => nested.required === false);
  const set = !off && (value !== undefined || whole || required === true);
  const start = `${indent}${set ? '' : '#'}`;
  const head = `${start}${name}:`;
  const content = () => {
    if (keys === undefined) return scalars(head, start, (value ?? key.example) as Value | SectionValue);
    if (!list) return [head, ...keys.flatMap((nested) => write(nested, `${indent}  `, !set))];
    return [head, ...items((value ?? OFFER[path]) as readonly Item[], keys, indent, !set)];
  };
  return [...comment(key, indent), ...content()];
}

/** A value on the line of its key, the values of a list on lines of their own. */
function scalars(head: string, start: string, value: Value | SectionValue): string[] {
  if (!Array.isArray(value)) return [`${head} ${flow(value)}`];
  return [head, ...value.map((item) => `${start}- ${item}`)];
}

/** The lines of sections in a list; a key is explained where it stands first. */
function items(sections: readonly Item[], keys: readonly Key[], indent: string, off: boolean): string[] {
  const explained = new Set<Key>();
  const offered = keys.filter(
    ({ name, example, keys: nested }) =>
      (example !== undefined || nested !== undefined) &&
      sections.every((section) => section[name] === undefined),
  );
  return sections.flatMap((section) =>
    entries(section, keys, { indent, off, dash: true, explained, offered }),
  );
}

interface Place {
  readonly indent: string;
  readonly off: boolean;
  /** The first key begins an item of a list. */
  readonly dash: boolean;
  readonly explained: Set<Key>;
  /** Keys that none of the sections has: the first shows them switched off. */
  readonly offered: readonly Key[];
}

/** The lines of the keys that a section has. */
function entries(section: Item, keys: readonly Key[], place: Place): string[] {
  const { indent, off, dash, explained, offered } = place;
  const first = explained.size === 0;
  const standing = keys.filter((key) => section[key.name] !== undefined || (first && offered.includes(key)));
  return standing.flatMap((key, index) => {
    const margin = dash && index > 0 ? `${indent}  ` : indent;
    if (section[key.name] === undefined && key.keys !== undefined) return write(key, margin, true);
    const explanation = explained.has(key) ? [] : comment(key, margin);
    explained.add(key);
    const value = section[key.name];
    if (value === undefined && key.example !== undefined)
      return [...explanation, `${margin}#${key.name}: ${flow(key.example)}`];
    const head = `${margin}${off ? '#' : ''}${dash && index === 0 ? '- ' : ''}${key.name}:`;
    if (key.keys === undefined || typeof value === 'string')
      return [...explanation, ...scalars(head, margin, value as Value)];
    const inner = { ...place, indent: `${indent}${dash ? '    ' : '  '}`, dash: false };
    return [...explanation, head, ...entries(value as Item, key.keys, inner)];
  });
}

/** What a key is for, and in brackets what it may be. */
function comment({ meaning, value, keys }: Key, indent: string): string[] {
  const text = `${meaning}${keys === undefined ? ` [${value}]` : ''}`.replaceAll('`', '');
  return wrap(text, WIDTH - indent.length - 2).map((line) => `${indent}# ${line}`);
}

/** Longest lines, in characters. */
const WIDTH = 80;
