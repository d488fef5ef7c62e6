import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { dualStack } from './dual-stack.ts';
import { PolicyChanges } from './policy.ts';
import { Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all'];

test('a check changes nothing, needs no privileges and has no hint while all is well', async (t) => {
  const site = await Site.open(t, lines);
  const changes = await PolicyChanges.listen(site.router);
  const said = runAction(site.router, 'check', site.settings, { by: nobody });
  assert.deepEqual(await changes.heard(), []);
  assert.match(said, /^\/\S+ is valid\.\n\nUPLINK /);
  assert.doesNotMatch(said, /Hint/);
});

test('a check finds what stands in the way on this machine', async (t) => {
  const site = await Site.build(t, lines);
  site.router.ip([
    'link set eth2 down',
    'route add default via 198.18.0.2',
    'route add default via 198.18.10.1 table 1',
    'rule add from 198.18.10.2 lookup 1 priority 40000',
    'rule add fwmark 0x2/0xff lookup 77 priority 100 protocol 99',
    'rule add iif eth0 blackhole priority 40004 protocol 99',
    // What asks for more than our rules do is not ours, whatever it says.
    'rule add uidrange 1000-2000 lookup 2 priority 40001 protocol 70',
  ]);
  const said = runAction(site.router, 'check', site.settings).split('\n');
  assert.deepEqual(
    said.filter((line) => line.startsWith('Hint: ')).map((line) => line.slice(6)),
    [
      'Uplink eth2: interface eth2 is down.',
      'The main table has a route "default via 198.18.0.2 dev eth0 proto 3", which wins over the uplinks: ' +
        'remove it, or choose a base_priority below 32766.',
      'Table 1 has a route of somebody else, "default via 198.18.10.1 dev eth1 proto 3"; was it left by version 1.x?',
      'A rule of somebody else with priority 100 asks for our mark 0x2.',
      'A rule of somebody else with priority 40000 stands among ours and leads to our table 1; was it left by version 1.x?',
      'A rule of somebody else with priority 40001 stands among ours and leads to our table 2.',
      'A rule of somebody else with priority 40004 stands among ours.',
    ],
  );
});

test('a check looks at IPv6 where an uplink has it', async (t) => {
  const site = await dualStack(t, lines);
  await site.start();
  const check = (settings = site.settings) =>
    runAction(site.router, 'check', settings)
      .split('\n')
      .filter((line) => line.startsWith('Hint: '));
  assert.deepEqual(check(), []);
  site.router.ip(['route add default via fe80::1 dev eth1 proto ra metric 512']);
  site.router.exec(['ip', '-6', 'rule', 'add', 'priority', '40003', 'lookup', '77']);
  assert.deepEqual(check(), [
    'Hint: The main table has a route "default via fe80::1 dev eth1 proto 9 metric 512", which wins over the uplinks: ' +
      'remove it, or choose a base_priority below 32766.',
    'Hint: An IPv6 rule of somebody else with priority 40003 stands among ours.',
  ]);
  const uplinks = site.settings.uplinks.map((uplink) => {
    const { ipv6: _, ...without } = uplink;
    return without;
  });
  assert.deepEqual(check({ ...site.settings, uplinks }), []);
});

test('a check refuses a file with faults, each with its place', async (t) => {
  const site = await Site.build(t, lines);
  assert.throws(() => runAction(site.router, 'check', 'uplinks: []\ntest: {}'), {
    status: 78,
    stdout: '',
    stderr: /:1:10: uplinks: .*\n.*:2:1: test: unknown key; did you mean "tests"\?\n$/,
  });
});
