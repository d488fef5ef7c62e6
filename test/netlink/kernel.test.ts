import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runTestsInside } from '../support/inside.ts';
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

for (const file of ['dumps.js', 'rules.js', 'routes.js', 'events.js', 'connections.js']) {
  test(`with the real kernel: the tests of ${file}, in a network namespace of their own`, async (t) => {
    const laboratory = new Laboratory();
    t.after(() => laboratory.close());
    const { host } = laboratory.namespaces('host');
    host.ip(setUp);
    runTestsInside(host, fileURLToPath(new URL(file, import.meta.url)));
  });
}
