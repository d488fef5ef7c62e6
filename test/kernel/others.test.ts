import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAction } from '../support/daemon.ts';
import { readPolicy } from './policy.ts';
import { Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

/** Rules in the daemon's range of priorities and routes in its tables, made by somebody else. */
const foreign = [
  'rule add from 198.19.7.0/24 lookup 1 priority 40000',
  'rule add fwmark 0x77 lookup 3 priority 40002 protocol 99',
  'rule add to 198.19.8.0/24 lookup 254 priority 40003',
  'rule add uidrange 1000-2000 lookup 2 priority 40004 protocol 70',
  'route add 198.19.7.0/24 via 198.18.10.1 dev eth1 table 1',
  'route add default via 198.18.11.1 dev eth2 table 1 metric 100',
  'route add 198.19.8.0/24 via 198.18.11.1 dev eth2 table 3 protocol 99',
  'route add blackhole 198.19.9.0/24 table 3 protocol 99 metric 5',
];

test("somebody else's rules and routes live through start, failover, stop and clear", async (t) => {
  const site = await Site.build(t, lines);
  site.router.ip(foreign);
  const before = readPolicy(site.router);
  const stand = () => {
    const { rules, routes } = readPolicy(site.router);
    assert.deepEqual(
      before.rules.filter((rule) => !rules.includes(rule)),
      [],
    );
    assert.deepEqual(
      before.routes.filter((route) => !routes.includes(route)),
      [],
    );
  };

  await site.start();
  stand();
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  stand();
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  stand();
  await site.daemon.end();
  stand();
  runAction(site.router, 'clear', site.settings);
  assert.deepEqual(readPolicy(site.router), before);
});

test('rules that look like ours but for their protocol number are not taken for ours', async (t) => {
  const site = await Site.build(t, lines);
  // As the first version of this program left them.
  const older = [
    'rule add from 198.18.10.2 lookup 1 priority 40000',
    'rule add fwmark 1 lookup 1 priority 40002',
    'rule add lookup 3 priority 40004',
  ];
  site.router.ip(older);
  const before = readPolicy(site.router);
  await site.start();
  const said = site.daemon.log.entries.join('\n');
  assert.doesNotMatch(said, /failed/);
  assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
  await site.daemon.end();
  runAction(site.router, 'clear', site.settings);
  assert.deepEqual(readPolicy(site.router), before);
});
