import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ManagedSite, managedTable, TABLE } from '../../src/firewall/managed.ts';
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
  test('with very many uplinks', () =>
    check({ ...site, uplinks: Array.from({ length: 120 }, (_, index) => uplink(index)) }));

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
        check({ uplinks: all, markMask }),
      ),
      { numRuns: 25 },
    );
  });
});
