import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lost, Site } from '../kernel/site.ts';
import { blocksOf, textOf, Walkthrough } from './walkthrough.ts';

const document = 'docs/migration.md';

/** What version 1.x leaves in the kernel, for the file below. */
const left = [
  'route add default via 198.18.10.1 src 198.18.10.2 table 1',
  'route add default via 198.18.11.1 src 198.18.11.2 table 2',
  'route add default table 3 nexthop via 198.18.10.1 weight 1 nexthop via 198.18.11.1 weight 2',
  'rule add from 198.18.10.2 lookup 1 priority 40000',
  'rule add from 198.18.11.2 lookup 2 priority 40001',
  'rule add fwmark 1 lookup 1 priority 40002',
  'rule add fwmark 2 lookup 2 priority 40003',
  'rule add lookup 3 priority 40004',
];

const file = `
uplinks:
- {interface: eth1, type: static, ip: 198.51.100.2, gateway: 198.51.100.1, description: A, priority_group: 1, weight: 1}
- {interface: eth2, type: static, ip: 203.0.113.2, gateway: 203.0.113.1, description: B, priority_group: 1, weight: 2}
downlinks:
  lan: eth0
  dmz:
tests:
  ips: [8.8.8.8, 8.8.4.4, 208.67.222.222, 208.67.220.220]
  required_successful: 3
  ping_retries: 1
  interval: 60
log:
  file: "/var/log/fault_tolerant_router.log"
  max_size: 1024000
  old_files: 10
email:
  send: false
  sender: router@example.com
  recipients: [admin@example.com]
  smtp_parameters: {address: smtp.example.com, port: 587, authentication: :login, user_name: router, password: secret}
base_table: 1
base_priority: 40000
base_fwmark: 1
`;

test('whoever changes over from 1.x loses no connection, and nothing of it is left', async (context) => {
  const site = await Site.build(context, [{ name: 'eth1' }, { name: 'eth2' }]);
  site.router.ip(left);
  site.router.sysctl({ 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/all/rp_filter': 0 });
  const walk = await Walkthrough.begin(context, site.internet);
  walk.configure(file);
  const [connections, flows] = [site.connect(), site.flow()];
  await flows.next(60);

  const blocks = blocksOf(document);
  assert.ok(blocks.length > 4, `${blocks.length} blocks`);
  const outputs = blocks.map((block) => walk.follow(block));
  assert.match(outputs[0] ?? '', /Hint: .*priority 40000 .*left by version 1\.x\?/);
  const end = outputs.at(-1) ?? '';
  assert.doesNotMatch(end, /Hint/);
  assert.match(end, /The kernel is as planned\.\n$/);
  assert.deepEqual(
    site.router.show('rule show').filter((rule) => /^4\d{4}:/.test(rule) && !rule.endsWith('proto 70')),
    [],
  );
  const log = readFileSync(join(walk.directory, 'log/fault-tolerant-router/router.log'), 'utf8');
  assert.match(log, / INFO -- : Monitor started, initial default route uplinks: A, B\n/);
  assert.doesNotMatch(log, /failed|repaired| is down/);
  assert.deepEqual([lost(await connections.stop()), lost(await flows.stop())], [[], []]);
});

describe('the document about the change from 1.x', () => {
  const rows = textOf(document)
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`test/'));
  const proofs = rows.map((row) => /`(test\/[^`]+)`: (.+) \|$/.exec(row)?.slice(1) ?? [row]);

  test('names a test for whatever was kept and whatever was mended', () => {
    const tables = textOf(document)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| in 1.x'));
    assert.ok(rows.length > 50, `${rows.length} rows`);
    assert.deepEqual(
      tables.filter((line) => !rows.includes(line)),
      [],
    );
  });

  for (const [path = '', name = ''] of proofs)
    test(`${path} has "${name}"`, () => assert.ok(titles(textOf(path)).some((title) => title.test(name))));
});

/** The names of the tests in a file, of which a part may be known only when they run; of a table, those of its cases. */
function titles(source: string): RegExp[] {
  const names = [
    ...source.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g),
    ...source.matchAll(/^## (.*)$/gm),
  ].map(([, ...found]) => found.find((one) => one !== undefined) ?? '');
  const literal = (part: string) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return names.map(
    (name) =>
      new RegExp(
        `^${name
          .split(/\$\{[^}]*\}/)
          .map(literal)
          .join('.+')}$`,
      ),
  );
}
