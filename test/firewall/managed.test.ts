import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ManagedSite, managedTable, TABLE } from '../../src/firewall/managed.ts';
import { IP_PROTOCOLS } from '../../src/network/ip-protocol.ts';
import type { Match } from '../../src/plan/policy.ts';
import { inEmptyNamespace } from './rule-sets.ts';

const site: ManagedSite = {
  uplinks: [
    { interface: 'eth1', mark: 1, address: '198.51.100.2', translate6: 'masquerade' },
    {
      interface: 'eth2',
      mark: 2,
      address: '203.0.113.2',
      translate6: {
        inside: { address: 'fd00:1::', length: 48 },
        outside: { address: '2001:db8:2::', length: 48 },
      },
    },
    { interface: 'ppp0', mark: 3 },
  ],
  markMask: 0xff,
  policies: [],
};

/** The table as nft lists it after it was loaded. */
function listed(table: string): string {
  return inEmptyNamespace(
    [
      ['nft', '-f', '-'],
      ['nft', '-st', 'list', 'table', 'inet', TABLE],
    ],
    table,
  );
}

test('the table of a small site', () => {
  const golden = readFileSync(new URL('../../../test/firewall/golden/managed.nft', import.meta.url), 'utf8');
  assert.equal(managedTable(site), golden);
});

describe('the table is what nft lists once it stands', () => {
  const uplink = (index: number) => ({ interface: `eth${index}`, mark: 1 + index });
  const check = (one: ManagedSite) => assert.equal(listed(managedTable(one)), managedTable(one));

  test('of a small site', () => check(site));
  test('with one uplink', () => check({ ...site, uplinks: site.uplinks.slice(0, 1) }));
  test('with whole marks', () => check({ ...site, markMask: 0xffff_ffff }));
  test('with a mark of all bits that are ours', () =>
    check({ ...site, uplinks: [uplink(0), { ...uplink(1), mark: 0xff }] }));
  test('with very many uplinks', () =>
    check({ ...site, uplinks: Array.from({ length: 120 }, (_, index) => uplink(index)) }));

  test('with clients that stick', () => {
    const uplinks = site.uplinks.map(({ interface: name, mark }, index) => {
      const works = ([[4, 6], [4], []] as const)[index] ?? [];
      return { interface: name, mark, works };
    });
    const from = { address: '10.0.0.0', length: 8 };
    const of = (match: Match, match6 = match) => ({ 4: [match], 6: [match6] });
    const classes = Array.from({ length: 64 }, (_, dscp): Match => ({ dscp }));
    const protocols = Object.values(IP_PROTOCOLS).map((ipProtocol): Match => ({ ipProtocol }));
    const port = { first: 5060, last: 5060 };
    const policies = [
      { matches: { 4: [{ from }], 6: [] }, sticky: { time: 600, uplinks } },
      { matches: of({ iif: 'eth0', to: from }, { to: { address: 'fd00::', length: 8 } }) },
      { matches: { 4: classes, 6: classes }, sticky: { time: 93_784, uplinks: uplinks.slice(1) } },
      { matches: { 4: protocols, 6: protocols } },
      { matches: of({ ipProtocol: 17, sport: port, dport: { first: 1, last: 9 }, dscp: 46 }) },
      { matches: of({}), sticky: { time: 604_800, uplinks: [] } },
      { matches: of({ dscp: 1 }) },
    ];
    for (const markMask of [0xff, 0xffff_ffff]) check({ ...site, markMask, policies });
  });

  test('with any names and marks', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'z', '0', '1', '9', '.', '-', '_', '@'),
      minLength: 1,
      maxLength: 15,
    });
    const uplinks = fc
      .uniqueArray(fc.tuple(name, fc.integer({ min: 1, max: 0xffff })), {
        minLength: 1,
        maxLength: 12,
        selector: ([first]) => first,
        comparator: 'IsStrictlyEqual',
      })
      .map((all) => [...new Map(all.map((one) => [one[1], one])).values()])
      .map((all) => all.map(([first, mark]) => ({ interface: first, mark })));
    fc.assert(
      fc.property(uplinks, fc.constantFrom(0xffff, 0xffff_ffff), (all, markMask) =>
        check({ uplinks: all, markMask, policies: [] }),
      ),
      { numRuns: 25 },
    );
  });
});
