import fc from 'fast-check';
import type { Configuration } from '../../src/config/schema.ts';
import { PLAIN_TESTS } from '../support/plain-tests.ts';

/** Any configuration without faults, with every default spelt out. */
export function configurations(): fc.Arbitrary<Configuration> {
  const uplinks = fc
    .tuple(
      fc.array(fc.record({ line, kind: fc.constantFrom('ppp', 'direct', 'static') }), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.boolean(),
    )
    .map(([lines, numbered]) => {
      const all = lines.map(uplink);
      return numbered ? all.map((one, id) => ({ ...one, id })).toReversed() : all;
    });
  return fc.record(
    {
      uplinks,
      on_failure: fc.constantFrom('flush', 'keep'),
      on_return: fc.constantFrom('keep', 'move'),
      downlinks: fc.record({ lan: fc.constant('lan0'), dmz: fc.constant('dmz0') }, { requiredKeys: [] }),
      tests: fc
        .record({
          ips: fc.uniqueArray(hosts, { minLength: 1, maxLength: 8 }),
          others: fc.uniqueArray(target, {
            selector: (one) => one.http?.url ?? JSON.stringify(one),
            maxLength: 4,
          }),
          resolvers: fc.array(hosts, { minLength: 1, maxLength: 3 }),
          needed: fc.nat(11),
          ping_retries: fc.integer({ min: 1, max: 100 }),
          interval: fc.integer({ min: 1, max: 864_000 }).map((tenths) => tenths / 10),
          timeout: fc.integer({ min: 1, max: 6000 }).map((hundredths) => hundredths / 100),
        })
        .map(({ needed, others, ...tests }) => ({
          ...PLAIN_TESTS,
          ...tests,
          ...(others.length > 0 && { targets: others }),
          required_successful: (needed % (tests.ips.length + others.length)) + 1,
        })),
      log: fc.record({ file: names, max_size: fc.integer({ min: 1 }), old_files: fc.nat(1000) }),
      firewall: fc.constant({ manage: false }),
      control: fc.record({ socket: fc.constant('/run/x/control.sock'), group: names }, { requiredKeys: [] }),
      base_table: fc.integer({ min: 256, max: 0xffff_0000 }),
      base_priority: fc.integer({ min: 32_768, max: 0xffff_0000 }),
      base_fwmark: fc.integer({ min: 1, max: 0xffff_0000 }),
    },
    {
      requiredKeys: [
        'uplinks',
        'on_failure',
        'on_return',
        'downlinks',
        'tests',
        'firewall',
        'control',
        'base_table',
        'base_priority',
        'base_fwmark',
      ],
    },
  );
}

/** Text that keeps its blanks when it is read. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => name === name.trim() && !/\p{Cc}/u.test(name));

const hosts = fc
  .tuple(fc.integer({ min: 128, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255))
  .map((bytes) => bytes.join('.'));

const domains = fc.constantFrom('example.com', 'a-b.example.', 'xn--bcher-kva.example');

const target: fc.Arbitrary<NonNullable<Configuration['tests']['targets']>[number]> = fc.oneof(
  fc.record({ tcp: fc.tuple(hosts, fc.integer({ min: 1, max: 65_535 })).map((parts) => parts.join(':')) }),
  fc.record({
    dns: fc.record({
      server: hosts,
      name: fc.oneof(domains, fc.constant('.')),
      type: fc.constantFrom('A', 'NS'),
    }),
  }),
  fc.record({
    http: fc.record(
      {
        url: fc
          .tuple(fc.constantFrom('http', 'https'), fc.oneof(domains, hosts), fc.webPath())
          .map(([scheme, host, path]) => `${scheme}://${host}${path}`),
        status: fc.integer({ min: 100, max: 599 }),
      },
      { requiredKeys: ['url'] },
    ),
  }),
  fc.constant({ neighbour: 'gateway' as const }),
);

const line = fc.record(
  {
    description: names,
    weight: fc.integer({ min: 1, max: 256 }),
    priority_group: fc.nat(),
    forced: fc.constant('strict' as const),
    on_failure: fc.constantFrom('flush' as const, 'keep' as const),
  },
  { requiredKeys: ['description', 'weight'] },
);
type Line = typeof line extends fc.Arbitrary<infer Value> ? Value : never;

function uplink(
  { line, kind }: { line: Line; kind: 'ppp' | 'direct' | 'static' },
  index: number,
): Configuration['uplinks'][number] {
  if (kind === 'ppp') return { ...line, type: 'ppp', interface: `ppp${index}` };
  return {
    ...line,
    type: 'static',
    interface: `eth${index}`,
    ip: `198.18.${index}.2`,
    ...(kind === 'static' && { gateway: '198.18.255.1' }),
  };
}
