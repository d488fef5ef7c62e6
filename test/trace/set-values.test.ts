import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfiguration } from '../../src/config/load.ts';
import { SetValues, valueOf } from '../../src/trace/set-values.ts';

const { uplinks, tests } = parseConfiguration(
  `
uplinks:
  - interface: eth1
    type: static
    ip: 198.51.100.2
    gateway: 198.51.100.1
    description: Fibre
    priority_group: 1
    id: 7
    tests: { interval: 500ms, leave: { rtt: 200ms } }
    ipv6: {}
  - { interface: ppp0, type: ppp, description: LTE, weight: 3 }
tests:
  ips: [198.51.100.10, 198.51.100.11, '2001:db8::10']
  targets:
    - tcp: 198.51.100.12:443
    - dns: { server: 198.51.100.13, name: example.com }
    - http: { url: 'https://example.com/', status: 204 }
    - neighbour: gateway
  required_successful: 2
  leave: { loss: 12.5% }
  damping: { half_life: 15m }
`,
  'recorded.conf',
);
const recorded = { uplinks, tests };
const apply = (...words: string[]) => new SetValues(words).apply(recorded);

describe('values that are set', () => {
  test('leave everything else as it is', () => {
    assert.deepEqual(apply('tests.fall=1'), recorded);
  });

  test('are read as in a file, wherever they stand', () => {
    const set = apply(
      'tests.interval=2m',
      'tests.leave.jitter=50ms',
      'uplinks[0].tests.leave.loss=30%',
      'uplinks[1].tests.ips=[198.51.100.11]',
      'uplinks[1].priority_group=2',
    );
    assert.deepEqual([set.tests.interval, set.tests.leave.jitter], [120, 0.05]);
    assert.deepEqual(set.uplinks[0]?.tests?.leave, { rtt: 0.2, loss: 30 });
    assert.deepEqual(set.uplinks[1]?.tests?.ips, ['198.51.100.11']);
    assert.equal(set.uplinks[1]?.priority_group, 2);
  });

  test('stand beside the recorded ones', () => {
    assert.equal(valueOf(recorded, 'tests.leave.loss'), '12.5');
    assert.equal(valueOf(recorded, 'uplinks[1].tests.interval'), '–');
  });

  for (const [word, message] of [
    ['tests.leav.loss=3', '--set: tests.leav: unknown key; did you mean "leave"?'],
    ['tests.fall=0', '--set: tests.fall: 0 is out of range; allowed: 1 to 100'],
    [
      'tests.fall=[1',
      '--set: tests.fall: not valid YAML: unexpected end of the stream within a flow collection',
    ],
    ['tests.fall', '--set: tests.fall is no KEY=VALUE'],
    [
      'tests.required_successful=9',
      '--set: uplinks[0].tests.ips: 9 of 7 targets can never answer; allowed: 1 to 7\n--set: tests.required_successful: 9 of 7 targets can never answer; allowed: 1 to 7',
    ],
    ['tests.ips=[198.51.100.99]', '--set: 198.51.100.99 was not asked when the trace was recorded'],
    [
      'base_table=2',
      '--set: base_table: decides nothing; tests and, of an uplink as uplinks[0], tests and priority_group do',
    ],
  ] as const)
    test(`${word} is an error that says what is wrong`, () => {
      assert.throws(() => apply(word), { name: 'ConfigurationError', message });
    });
});
