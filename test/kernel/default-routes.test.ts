import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runTestsInside } from '../support/inside.ts';
import { Laboratory } from '../support/namespace.ts';

test('with the real kernel: default routes of the main table, in a network namespace of their own', async (t) => {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { host } = laboratory.namespaces('host');
  host.ip([
    'link add name eth1 type veth peer name far1',
    'link add name eth2 type veth peer name far2',
    'addr add 198.18.1.2/24 dev eth1',
    'addr add 2001:db8:1::2/64 dev eth1 nodad',
    'addr add 198.18.2.2/24 dev eth2',
    // Without addresses of the link, which come when they please.
    ...['eth1', 'far1', 'eth2', 'far2'].map((name) => `link set ${name} addrgenmode none up`),
  ]);
  runTestsInside(host, fileURLToPath(new URL('default-routes.js', import.meta.url)));
});
