import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Laboratory } from '../support/namespace.ts';

/** Interfaces with known numbers, whose far ends lie in the same namespace. */
const setUp = [
  'link set lo up',
  'link add name eth1 index 11 type veth peer name far1 index 12',
  'link add name eth2 index 21 type veth peer name far2 index 22',
  'addr add 198.18.1.2/24 dev eth1',
  'addr add 198.18.2.2 peer 198.18.2.1 dev eth2',
  'addr add 2001:db8:1::2/64 dev eth1 nodad',
  ...['eth1', 'far1', 'eth2', 'far2'].map((name) => `link set dev ${name} up`),
];

for (const file of ['dumps.js', 'rules.js', 'routes.js', 'events.js']) {
  test(`with the real kernel: the tests of ${file}, in a network namespace of their own`, async (t) => {
    const laboratory = new Laboratory();
    t.after(() => laboratory.close());
    const { host } = laboratory.namespaces('host');
    host.ip(setUp);
    const tests = fileURLToPath(new URL(file, import.meta.url));
    // With NODE_TEST_CONTEXT they would report to our runner, past us; what stands on standard error explains
    // a failure.
    const node = ['env', '--unset=NODE_TEST_CONTEXT', process.execPath];
    const reporters = ['spec', 'stderr', 'tap', 'stdout'].map((name, index) =>
      index % 2 === 0 ? `--test-reporter=${name}` : `--test-reporter-destination=${name}`,
    );
    const report = host.exec([...node, ...reporters, tests]);
    assert.match(report, /^# pass [1-9]/m);
  });
}
