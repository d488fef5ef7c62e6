import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { load } from 'js-yaml';
import * as z from 'zod';
import { exampleConfiguration } from '../../src/config/example.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { configurations } from './configurations.ts';

/** The schema that comes with the program. */
const schema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../../config/configuration.schema.json', import.meta.url), 'utf8')),
);

/** What an editor underlines in a text. */
function faults(text: string): string[] {
  const { error } = schema.safeParse(load(text));
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

test('an editor finds no fault in the example, whatever is made use of in it', () => {
  const example = exampleConfiguration(configurationJsonSchema());
  for (const text of [example, example.replaceAll(/^( *)#(?=\S)/gm, '$1')]) {
    assert.deepEqual(faults(text), []);
  }
});

test('nor in other spellings that the program accepts', () => {
  const text = `
uplinks:
- {interface: eth1, type: static, ip: 192.0.2.2, gateway: 192.0.2.1, description: 1, weight: '2', priority_group: 0x1}
- {interface: ppp0, type: ppp, description: yes, ip: , gateway: ~, priority_group: }
downlinks:
  lan: eth0
  dmz:
tests:
  ips:
  interval: "60"
  timeout: 500ms
  leave: {loss: 20 %, rtt: }
log:
email:
  send: No
  sender: router@example.com
  recipients: [one@example.com]
  smtp_parameters: {authentication: :login, user_name: 12, password: 0815, enable_starttls_auto: on, domain: }
balance_by: :connection
address_sets: {one: 192.0.2.1, two: [198.51.100.0/24, '2001:DB8::/32']}
policies:
- {name: 1, match: {source: one, protocol: udp, dport: 5060, dscp: ef, interface: lo}, use: {uplink: yes}}
- {name: b, match: {destination: [two, 10.0.0.0/8], protocol: [:tcp, udp], sport: [1, '5-6'], dscp: [46, 0x2e]}, use: {uplinks: {1: '3', ppp0: 1}, else: }}
- {name: c, match: , use: {group: 0x1, else: blackhole}, sticky: }
- {name: d, use: bypass}
base_table: 1_000
base_fwmark: '0x10'
base_priority:
`;
  parseConfiguration(text, 'spellings');
  assert.deepEqual(faults(text), []);
});

test('nor in any configuration', () => {
  fc.assert(
    fc.property(configurations(), (configuration) => {
      const text = JSON.stringify(configuration);
      parseConfiguration(text, 'any');
      assert.deepEqual(faults(text), []);
    }),
  );
});

test('but it finds a wrong key, a wrong word and a wrong value', () => {
  const uplinks = 'uplinks: [{interface: ppp0, type: ppp, description: LTE}]\n';
  assert.deepEqual(faults(uplinks), []);
  for (const mistake of [
    'test: {}',
    'tests: {interval: soon}',
    'tests: {failback: never}',
    'base_table: 0',
    'policies: [{name: a, use: {grup: 1}}]',
    'policies: [{name: a, use: bypas}]',
    'policies: [{name: a, use: bypass, match: {protocol: udb}}]',
    'policies: [{name: a, use: bypass, match: {dport: [a]}}]',
    'email: {send: perhaps}',
  ]) {
    assert.equal(faults(`${uplinks}${mistake}`).length, 1, mistake);
  }
  assert.notDeepEqual(faults('uplinks: [{interface: ppp0, type: ppp}]'), []);
});
