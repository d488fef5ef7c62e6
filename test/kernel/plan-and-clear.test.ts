import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { PolicyChanges, readPolicy } from './policy.ts';
import { Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

test('a plan names every change in the notation of ip, and makes none', async (t) => {
  const site = await Site.build(t, lines);
  const before = readPolicy(site.router);
  const changes = await PolicyChanges.listen(site.router);
  const planned = runAction(site.router, 'plan', site.settings).split('\n');
  assert.deepEqual(await changes.heard(), []);
  assert.deepEqual(readPolicy(site.router), before);
  assert.equal(site.router.exec(['cat', '/proc/sys/net/ipv4/ip_forward']).trim(), '0');

  for (const line of [
    '+ rule 40000: from 198.18.10.2 lookup 1 proto 70',
    '+ rule 40004: from all lookup 3 proto 70',
    '+ route table 1: default via 198.18.10.1 dev eth1 proto 70 src 198.18.10.2',
    '~ sysctl net.ipv4.ip_forward: 0 --> 1',
  ]) {
    assert.ok(planned.includes(line), `${line} is not in\n${planned.join('\n')}`);
  }
  assert.match(planned.at(-2) ?? '', /^\d+ changes\. Nothing was changed\.$/);
});

test('a plan says what somebody has changed, and that nothing is to be done when the daemon runs', async (t) => {
  const site = await Site.open(t, lines);
  const changes = await PolicyChanges.listen(site.router);
  assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
  assert.deepEqual(await changes.heard(), []);

  await site.daemon.end();
  site.router.ip(['rule del pref 40004', 'route replace default via 198.18.10.1 dev eth1 table 2']);
  const planned = runAction(site.router, 'plan', site.settings);
  assert.deepEqual(planned.split('\n'), [
    '~ route table 2:',
    '    - default via 198.18.10.1 dev eth1 proto 3',
    '    + default via 198.18.11.1 dev eth2 proto 70 src 198.18.11.2',
    '+ rule 40004: from all lookup 3 proto 70',
    '2 changes. Nothing was changed.',
    '',
  ]);
});

test('clear takes away exactly what the daemon has made, and tells what', async (t) => {
  const site = await Site.build(t, lines);
  const before = readPolicy(site.router);
  await site.start();
  await site.daemon.end();
  assert.notDeepEqual(readPolicy(site.router), before);
  const cleared = runAction(site.router, 'clear', site.settings);
  assert.match(cleared, /^- rule 40004: from all lookup 3 proto 70$/m);
  assert.match(
    cleared,
    /^- route table 1: default via 198\.18\.10\.1 dev eth1 proto 70 src 198\.18\.10\.2$/m,
  );
  assert.deepEqual(readPolicy(site.router), before);
  assert.equal(runAction(site.router, 'clear', site.settings), '');
});
