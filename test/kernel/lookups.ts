/* Run by lookup.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Packet } from '../../src/kernel/kernel.ts';
import { LinuxKernel } from '../../src/kernel/linux.ts';
import { decisionOf, lookup, refusal } from '../../src/kernel/lookup.ts';
import { type Family, FAMILIES } from '../../src/network/address.ts';
import { until } from '../support/waiting.ts';
import { inFamily } from './counterpart.ts';

const kernel = new LinuxKernel(70);
after(() => kernel.close());

/** Runs many commands in one `ip`; what it refuses, a "goto" to an earlier rule, is left out. */
function ip(family: Family, commands: readonly string[]): void {
  const input = commands.map((command) => inFamily(family, command)).join('\n');
  spawnSync('ip', [`-${family}`, '-force', '-batch', '-'], { input });
}

const routes = [
  'route add default via 198.18.1.1 dev eth1 table 1001',
  'route add unreachable default metric 4294967295 table 1001',
  'route add 198.19.1.0/24 via 198.18.2.1 dev eth2 table 1001',
  'route add throw 198.19.1.1 table 1001',
  'route add prohibit 198.19.2.0/24 table 1001',
  'route add blackhole 198.19.2.1 table 1001',
  'route add default table 1002 nexthop via 198.18.1.1 dev eth1 weight 3 nexthop via 198.18.2.1 dev eth2',
  'route add default via 198.18.2.1 dev eth2 metric 2000 table 1002',
  'route add 198.19.0.0/16 table 1003 nexthop via 198.18.3.1 dev eth3 nexthop via 198.18.2.1 dev eth2',
  'route add 198.19.1.0/24 via 198.18.3.1 dev eth3 table 1003',
  'route add default via 198.18.3.1 dev eth3 table 1003',
  'route add unreachable default metric 4294967295 table 1003',
];

before(async () => {
  for (const family of FAMILIES) ip(family, routes);
  // After them: IPv6 takes no route over a link without carrier.
  ip(4, ['link set far3 down']);
  for (const family of FAMILIES)
    await until(() => kernel.routes(1003, family).some(({ nexthops: [first] }) => first?.dead), 5000);
});

const oneOf = (...words: readonly string[]) => fc.constantFrom('', ...words);

/** Rules as `ip rule add` takes them, without their priority. */
const rule = fc
  .tuple(
    oneOf('not'),
    oneOf('from 198.18.1.2', 'from 198.18.0.0/24', 'from 0.0.0.0/8'),
    oneOf('to 198.19.0.0/16', 'to 198.19.1.1', 'to 198.18.0.0/15'),
    oneOf('fwmark 1', 'fwmark 1/0xff', 'fwmark 0/0xf', 'fwmark 0x101'),
    oneOf('iif lo', 'iif eth0', 'iif gone0', 'oif eth1', 'tos 0x10'),
    oneOf(
      'ipproto udp',
      'ipproto tcp',
      'ipproto sctp',
      'ipproto tcp dport 443',
      'ipproto udp dport 1000-2000',
    ),
    oneOf('sport 1000', 'sport 1-65534', 'dport 443-443'),
    fc.constantFrom(
      ...[1001, 1002, 1003, 254, 9999].map((table) => `lookup ${table}`),
      ...[0, 16, 24].map((length) => `lookup 1001 suppress_prefixlength ${length}`),
      'lookup 254 suppress_prefixlength 0',
      'goto 1040',
      'goto 32766',
      'nop',
      'blackhole',
      'unreachable',
      'prohibit',
    ),
  )
  .map((words) => words.filter((word) => word !== '').join(' '));

const destination = fc.constantFrom(
  '198.19.0.1',
  '198.19.1.1',
  '198.19.1.2',
  '198.19.2.1',
  '198.19.2.2',
  '198.18.2.9',
);
const mark = fc.constantFrom(0, 1, 0x101, 0x10);
const path: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ destination, mark }),
  fc.record({ destination, mark, source: fc.constant('198.18.1.2') }),
  fc.record({ destination, mark, source: fc.constant('198.18.0.9'), iif: fc.constant('eth0') }),
);
const content: fc.Arbitrary<Pick<Packet, 'ipProtocol' | 'sport' | 'dport' | 'dscp'>> = fc.record(
  {
    ipProtocol: fc.constantFrom(6, 17),
    sport: fc.constantFrom(999, 1000, 65_535),
    dport: fc.constantFrom(443, 1000, 2000, 2001),
    dscp: fc.constantFrom(0, 4, 46),
  },
  { requiredKeys: [] },
);
const packet: fc.Arbitrary<Packet> = fc.tuple(path, content).map(([one, other]) => ({ ...one, ...other }));

/** A rule for a class of service, of which this iproute2 knows nothing. */
const classRule = (family: Family, dscp: number) =>
  ({ family, priority: 995, dscp, table: 1003, protocol: 70 }) as const;

/** Where the kernel sends it, or the code of its refusal. */
function kernelsWay(asked: Packet): { table: number; device: string } | string {
  try {
    const { table, nexthops } = kernel.route(asked);
    return { table, device: nexthops[0]?.device ?? '' };
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The packet with its counterparts of the family. */
function translated(family: Family, { destination: to, source, ...others }: Packet): Packet {
  const destination = inFamily(family, to);
  return { ...others, destination, ...(source !== undefined && { source: inFamily(family, source) }) };
}

for (const family of FAMILIES) {
  test(`whatever the rules, the kernel goes the way that we say: IPv${family}`, () => {
    let ways = 0;
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 7 }),
        fc.array(packet, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(undefined, 4, 46),
        (rules, packets, dscp) => {
          if (dscp !== undefined) kernel.addRule(classRule(family, dscp));
          ip(
            family,
            rules.map((words, place) => `rule add priority ${1000 + 10 * place} ${words} protocol 70`),
          );
          try {
            for (const one of packets) {
              const asked = translated(family, one);
              const steps = lookup(asked, kernel.policy(family), (table) => kernel.routes(table, family));
              const decision = decisionOf(steps);
              const way = kernelsWay(asked);
              if (typeof way === 'string') {
                assert.equal(refusal(decision), way);
                continue;
              }
              ways++;
              assert.equal(refusal(decision), undefined);
              assert.equal(decision?.route?.table, way.table);
              const { destination, metric } = kernel.entry(asked);
              assert.deepEqual([destination, metric], [decision.route.destination, decision.route.metric]);
              const alive = decision.route.nexthops.filter(({ dead }) => !dead);
              assert.ok(alive.some(({ device }) => device === way.device));
            }
          } finally {
            ip(family, ['rule flush protocol 70']);
          }
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(ways > 100, `${ways} packets had a way`);
  });
}
