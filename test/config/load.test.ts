import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigurationError } from '../../src/config/fault.ts';
import { loadConfiguration, parseConfiguration } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/schema.ts';
import { PLAIN_TESTS } from '../support/plain-tests.ts';
import { configurations } from './configurations.ts';

const uplinks = 'uplinks: [{interface: ppp0, type: ppp, description: LTE}]\n';

test('a file as the original program generates it is accepted', () => {
  const configuration = parse(`# routers of two providers, and a telephone line
uplinks:
- interface: eth1
  type: static
  ip: 192.0.2.2
  gateway: 192.0.2.1
  description: First Provider
  priority_group: 1
- interface: eth2
  type: static
  ip: 203.0.113.2
  gateway: 203.0.113.1
  description: Second Provider
  # its line is twice as fast
  weight: 2
  priority_group: '1'
- interface: ppp0
  type: ppp
  description: Third Provider
  priority_group: 2

downlinks:
  lan: eth0
  dmz:

tests:
  ips:
  - 8.8.8.8
  - 208.67.222.222
  required_successful: 1
  ping_retries: "2"
  interval: 60

log:
  file: "/var/log/fault_tolerant_router.log"
  max_size: 1024000
  old_files: 10

email:
  send: false
  sender: router@example.com
  recipients:
  - one@example.com
  - two@localhost
  smtp_parameters:
    address: smtp.example.com
    port: 587
    #domain: example.com
    authentication: :login
    enable_starttls_auto: true
    user_name: user@example.com
    password: secret

base_table: 1
base_priority: 40000
base_fwmark: 1
`);
  assert.deepEqual(configuration.uplinks, [
    {
      interface: 'eth1',
      type: 'static',
      ip: '192.0.2.2',
      gateway: '192.0.2.1',
      description: 'First Provider',
      weight: 1,
      priority_group: 1,
    },
    {
      interface: 'eth2',
      type: 'static',
      ip: '203.0.113.2',
      gateway: '203.0.113.1',
      description: 'Second Provider',
      weight: 2,
      priority_group: 1,
    },
    { interface: 'ppp0', type: 'ppp', description: 'Third Provider', weight: 1, priority_group: 2 },
  ]);
  assert.equal(configuration.downlinks.lan, 'eth0');
  assert.equal(configuration.downlinks.dmz, undefined);
  assert.deepEqual(configuration.tests, {
    ...PLAIN_TESTS,
    ips: ['8.8.8.8', '208.67.222.222'],
    required_successful: 1,
    ping_retries: 2,
  });
  assert.deepEqual(configuration.email?.smtp_parameters, {
    address: 'smtp.example.com',
    port: 587,
    authentication: 'login',
    enable_starttls_auto: true,
    openssl_verify_mode: 'peer',
    user_name: 'user@example.com',
    password: 'secret',
  });
});

test('what is absent has its default', () => {
  assert.deepEqual(parse(uplinks), {
    uplinks: [{ interface: 'ppp0', type: 'ppp', description: 'LTE', weight: 1 }],
    on_failure: 'flush',
    on_return: 'keep',
    downlinks: {},
    tests: PLAIN_TESTS,
    firewall: { manage: false },
    control: {},
    base_table: 1,
    base_priority: 40_000,
    base_fwmark: 1,
  });
});

test('the key and not the spelling decides what a value is', () => {
  const {
    tests,
    email,
    base_fwmark: mark,
    uplinks,
  } = parse(`
uplinks: [{interface: ppp0, type: ppp, description: no}]
tests: {interval: "0.5", timeout: 0.25}
email: {send: off, smtp_parameters: {password: 0123, enable_starttls_auto: No, authentication: ":cram_md5"}}
base_fwmark: 0x10`);
  assert.equal(uplinks[0]?.description, 'no');
  assert.equal(tests.interval, 0.5);
  assert.equal(tests.timeout, 0.25);
  assert.equal(mark, 16);
  assert.equal(email?.send, false);
  assert.equal(email.smtp_parameters.password, '0123');
  assert.equal(email.smtp_parameters.enable_starttls_auto, false);
  assert.equal(email.smtp_parameters.authentication, 'cram_md5');
});

test('a duration is a number of seconds, or carries its unit', () => {
  const read = (text: string) =>
    parse(`{uplinks: [{interface: ppp0, type: ppp, description: A}], tests: {interval: ${text}}}`).tests
      .interval;
  const texts = ['5', '0.5', '"7"', '500ms', '0.1s', '100ms', '2s', '5m', '1.5h', '1d'];
  assert.deepEqual(texts.map(read), [5, 0.5, 7, 0.5, 0.1, 0.1, 2, 300, 5400, 86_400]);
  for (const text of ['2 s', '1h30m', '-1s', '1S', 's', '2d', '99ms'])
    assert.throws(() => read(text), /tests\.interval: .*allowed: 0\.1 to 86400 seconds/, text);
});

test('an uplink may say for itself how it is tested; a percentage may carry its sign', () => {
  const { uplinks, tests } = parse(`tests: {leave: {loss: 30%}, return: {loss: 2.5}, damping: {half_life: 1h}}
uplinks:
- {interface: ppp0, type: ppp, description: LTE, tests: {interval: 500ms, leave: {rtt: 300ms}, failback: manual}}`);
  assert.deepEqual([tests.leave, tests.return], [{ loss: 30 }, { loss: 2.5 }]);
  assert.deepEqual(tests.damping, { half_life: 3600, suppress: 3, reuse: 1 });
  assert.deepEqual(uplinks[0]?.tests, { interval: 0.5, leave: { rtt: 0.3 }, failback: 'manual' });
});

test('anchors, aliases and merge keys stand for what they name; a key of its own wins', () => {
  const { uplinks } = parse(`uplinks:
- &line {interface: ppp0, type: ppp, description: A, weight: 3}
- {interface: ppp1, <<: *line, description: B}
- {<<: [{interface: ppp2, weight: 5}, *line], description: &name C}
- {<<: *line, interface: ppp3, description: *name}`);
  assert.deepEqual(
    uplinks.map(({ interface: name, description, weight }) => `${name} ${description} ${weight}`),
    ['ppp0 A 3', 'ppp1 B 3', 'ppp2 C 5', 'ppp3 C 3'],
  );
});

test('numbers beside those of the system are allowed', () => {
  for (const numbers of [
    'base_table: 251\nbase_priority: 32763',
    'base_table: 256\nbase_priority: 32768',
    'base_table: 4294967294\nbase_priority: 4294967293\nbase_fwmark: 4294967295',
    'base_priority: 2',
  ]) {
    assert.ok(parse(uplinks + numbers));
  }
});

test('a byte order mark, carriage returns and a tab after a colon do no harm', () => {
  assert.equal(parse(`\uFEFF${uplinks}base_table:\t5\r\n`).base_table, 5);
  assert.equal(
    complaint(`\uFEFFfoo: 1\r${uplinks}bar: 1\r\n`)
      .match(/^file:\d+:1: \w+/gm)
      ?.join(),
    'file:1:1: foo,file:3:1: bar',
  );
});

test('a tab in the indentation is named', () => {
  assert.equal(
    complaint('uplinks:\n\t- eth1\n'),
    'file:2:1: not valid YAML: a tab in the indentation; blanks are allowed',
  );
  assert.match(complaint('\tuplinks:\n'), /^file:1:\d+: not valid YAML: a tab in the indentation/);
});

test('nothing of a password is repeated', () => {
  const text = (password: string) => `email: {smtp_parameters: {password: ${password}}}`;
  for (const password of [
    'hunter2: x',
    '[hunter2]',
    '"hunter2',
    '@hunter2',
    '{hunter2: x}',
    '!hunter2',
    '*hunter2',
  ]) {
    const message = complaint(text(password));
    assert.notEqual(message, '');
    assert.doesNotMatch(message, /hunter2/);
  }
});

test('a file that cannot be read is explained', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'configuration-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const absent = join(directory, 'absent.conf');
  const latin1 = join(directory, 'latin1.conf');
  const empty = join(directory, 'empty.conf');
  const good = join(directory, 'good.conf');
  writeFileSync(latin1, Buffer.from('# caf\xe9\n', 'latin1'));
  writeFileSync(empty, '');
  writeFileSync(good, uplinks);
  const hint = '"fault_tolerant_router generate_config" writes an example';
  assert.throws(() => loadConfiguration(absent), { message: `${absent}: no such file; ${hint}` });
  assert.throws(() => loadConfiguration(directory), {
    message: `${directory}: this is a directory; a file is needed`,
  });
  assert.throws(() => loadConfiguration(latin1), {
    message: `${latin1}: not UTF-8 text; save the file in that encoding`,
  });
  assert.throws(() => loadConfiguration(empty), { message: `${empty}:1:1: the file is empty; ${hint}` });
  assert.equal(loadConfiguration(good).uplinks.length, 1);
});

test('any text gives a configuration or faults that stand within it', () => {
  const words = fc.constantFrom(
    ...'uplinks tests interval email : - [ ] { } , &a *a << " | > ? # !!int ~ ppp 1 é 😀 __proto__'.split(
      ' ',
    ),
    ...`'_ _\n_\n  _---\n_...\n_%YAML 1.2\n_\t_\r_\uFEFF`.split('_'),
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const faults = faultsOf(text);
      const lines = text.split(/\r\n|\r|\n/);
      for (const { position, message } of faults) {
        assert.ok(position);
        const line = lines[position.line - 1];
        assert.ok(line !== undefined && position.column >= 1 && position.column <= line.length + 1);
        assert.doesNotMatch(message, /\p{Cc}/u);
      }
    }),
    { numRuns: 2000 },
  );
});

test('any valid configuration is read as it was written', () => {
  fc.assert(
    fc.property(configurations(), (configuration) => {
      const text = JSON.stringify(configuration);
      assert.deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

function parse(text: string): Configuration {
  return parseConfiguration(text, 'file');
}

function faultsOf(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

function complaint(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
}
