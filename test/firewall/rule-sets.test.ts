import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseConfiguration } from '../../src/config/load.ts';
import { iptablesRules } from '../../src/firewall/iptables.ts';
import { nftablesRules } from '../../src/firewall/nftables.ts';
import { type Zones, zonesOf } from '../../src/firewall/zones.ts';
import { configurations } from '../config/configurations.ts';
import { firewalls, inEmptyNamespace, withSamples } from './rule-sets.ts';

const golden = new URL('../../../test/firewall/golden/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, golden), 'utf8');

/** Any configuration that rules can be made from. */
const withLan = configurations().map((configuration) => ({
  ...configuration,
  downlinks: { ...configuration.downlinks, lan: 'lan0' },
}));

/** `count` uplinks, every third with a changing address. */
function site(count: number, { dmz = false, description = 'Fibre', fwmark_mask = 0xffff_ffff } = {}): Zones {
  const uplinks = Array.from({ length: count }, (_, id) =>
    id % 3 === 2
      ? { interface: `ppp${id}`, type: 'ppp', description: 'DSL' }
      : {
          interface: `eth${id}`,
          type: 'static',
          description: 'Fibre',
          ip: `198.18.${id}.2`,
          gateway: `198.18.${id}.1`,
        },
  );
  const downlinks = { lan: 'lan0', ...(dmz && { dmz: 'dmz0' }) };
  const configuration = parseConfiguration(
    JSON.stringify({ uplinks, downlinks, firewall: { fwmark_mask } }),
    'site.conf',
  );
  for (const uplink of configuration.uplinks) uplink.description = description;
  return zonesOf(configuration);
}

/** A rule set, or a listing of one, without its comments and counters. */
function plain(rules: string): string {
  return rules.replaceAll(/#.*$|\[\d+:\d+\]/gm, '');
}

/** Descriptions that would be rules, were they not commented and quoted; the loader allows no control characters. */
const hostile = [
  '\n-A INPUT -j ACCEPT\n',
  '\r\n}\nadd table ip stranger\n',
  '"; add table ip stranger; #',
  'ends in a backslash \\',
  // iptables-restore takes a line in pieces of 10,239 bytes.
  '-A INPUT -j ACCEPT '.repeat(1100),
];

describe('a small site', () => {
  const zones = zonesOf(parseConfiguration(read('site.conf'), 'site.conf'));
  test('with iptables', () => assert.equal(iptablesRules(zones), read('site.iptables')));
  test('with nftables', () => assert.equal(nftablesRules(zones), read('site.nft')));
});

describe('any site', () => {
  test('with iptables has each uplink in every chain', () => {
    fc.assert(
      fc.property(withLan, (configuration) => {
        const zones = zonesOf(configuration);
        const rules = plain(iptablesRules(zones)).split('\n');
        const { downlinks, uplinks, base_fwmark } = configuration;
        for (const [position, { interface: name, ip, id = position }] of uplinks.entries()) {
          const mark = `-m conntrack --ctstate NEW -j CONNMARK --set-mark ${base_fwmark + id}`;
          const through = Object.entries(downlinks).flatMap(([key, inner]) => [
            `-A FORWARD -i ${inner} -o ${name} -j ${key.toUpperCase()}_WAN`,
            `-A FORWARD -i ${name} -o ${inner} -j WAN_${key.toUpperCase()}`,
          ]);
          assert.deepEqual(
            rules.filter((rule) => rule.split(' ').includes(name)).toSorted(),
            [
              `-A PREROUTING -i ${name} ${mark}`,
              `-A POSTROUTING -o ${name} ${mark}`,
              `-A POSTROUTING -o ${name} -j ${ip === undefined ? 'MASQUERADE' : `SNAT --to-source ${ip}`}`,
              ...through,
            ].toSorted(),
          );
        }
      }),
    );
  });

  test('with nftables has each uplink in the set and in the maps', () => {
    fc.assert(
      fc.property(withLan, (configuration) => {
        const rules = plain(nftablesRules(zonesOf(configuration)));
        const elements = [...rules.matchAll(/^ {6}"(.+),/gm)].map(([, element = '']) => element);
        assert.deepEqual(
          elements.toSorted(),
          configuration.uplinks
            .flatMap(({ interface: name, ip, id }, position) => [
              `${name}"`,
              `${name}" : ${configuration.base_fwmark + (id ?? position)}`,
              ...(ip === undefined ? [] : [`${name}" : ${ip}`]),
            ])
            .toSorted(),
        );
      }),
    );
  });

  test('has the same rules whatever the descriptions are, on lines that every program reads whole', () => {
    const descriptions = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile));
    fc.assert(
      fc.property(descriptions, fc.boolean(), (description, dmz) => {
        for (const generate of [iptablesRules, nftablesRules]) {
          const rules = generate(site(4, { dmz, description }));
          assert.equal(plain(rules), plain(generate(site(4, { dmz }))));
          assert.ok(rules.split('\n').every((line) => Buffer.byteLength(line) < 1000));
        }
      }),
    );
  });
});

for (const [name, { generate, load, check, list }] of Object.entries(firewalls)) {
  describe(`rules for ${name}`, () => {
    for (const count of [1, 2, 64]) {
      for (const dmz of [false, true]) {
        test(`load for ${count} uplinks ${dmz ? 'and' : 'without'} a DMZ, also twice`, () => {
          const rules = generate(site(count, { dmz }));
          inEmptyNamespace([check], rules);
          const once = plain(inEmptyNamespace([load, list], rules));
          assert.ok(once.includes('198.18.0.2'));
          assert.equal(plain(inEmptyNamespace([load, load, list], rules)), once);
        });
      }
    }

    test('load with marks of which only some bits are ours, and say so', () => {
      const rules = generate(site(64, { dmz: true, fwmark_mask: 0xff }));
      const once = plain(inEmptyNamespace([check, load, list], rules));
      const setting = /--set-xmark 0x40\/0xff|ct mark set ct mark & 0xffffff40 \| 0x00000040/;
      const restoring = /--nfmask 0xff --ctmask 0xff|meta mark set meta mark & 0xffffff40 \| 0x00000040/;
      assert.match(once, setting);
      assert.match(once, restoring);
    });

    test('load with every sample put in force', () => {
      const values = { port: 25, host: '198.18.200.9', address: '198.18.0.9' };
      for (const fwmark_mask of [0xffff_ffff, 0xff]) {
        const rules = generate(site(3, { dmz: true, fwmark_mask }));
        const listing = inEmptyNamespace([load, list], withSamples(rules, values));
        for (const value of ['dport 25', values.host, values.address])
          assert.ok(listing.includes(value), value);
      }
    });

    test('hold nothing of what a description says', () => {
      const loaded = (description: string) =>
        plain(inEmptyNamespace([load, list], generate(site(2, { description }))));
      for (const description of hostile) assert.equal(loaded(description), loaded('Fibre'));
    });
  });
}
