import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Daemon, runAction } from '../support/daemon.ts';
import { PolicyChanges, readPolicy } from './policy.ts';
import { lost, PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all'];
const capable = [
  ...nobody.slice(0, -1),
  '--inh-caps=-all,+net_admin,+net_raw',
  '--ambient-caps=-all,+net_admin,+net_raw',
];

test('without capabilities it says which two it needs, and ends', async (t) => {
  const site = await Site.build(t, lines);
  const before = readPolicy(site.router);
  assert.throws(() => runAction(site.router, 'monitor', site.settings, { by: nobody }), {
    status: 77,
    stderr: /CAP_NET_ADMIN.*CAP_NET_RAW/,
  });
  assert.deepEqual(readPolicy(site.router), before);
});

test('with these two capabilities it does all its work', async (t) => {
  const site = await Site.build(t, lines);
  await site.start({ by: capable });
  assert.ok(
    !site.daemon.log.entries.some((line) => line.includes('failed')),
    site.daemon.log.entries.join('\n'),
  );
  assert.deepEqual(lost(await site.connect().take(40)), []);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  assert.equal(await site.daemon.end(), 0);
});

test('a demonstration needs no privileges and changes nothing', async (t) => {
  const site = await Site.build(t, lines);
  const changes = await PolicyChanges.listen(site.router);
  const demo = new Daemon(site.router, site.settings, { by: nobody, options: ['--demo'] });
  await demo.log.until((line) => line.includes('Monitor started'), { within: PATIENCE });
  await demo.log.until((line) => line.includes('check '), { within: PATIENCE });
  assert.equal(await demo.end(), 0);
  assert.deepEqual(await changes.heard(), []);
  assert.equal(site.router.exec(['cat', '/proc/sys/net/ipv4/ip_forward']).trim(), '0');
});

test('where the settings of the kernel cannot be written, that is said once, and the routing works', async (t) => {
  const site = await Site.build(t, lines);
  site.router.sysctl({ 'net/ipv4/ip_forward': 1 });
  const protect = 'mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys; exec "$@"';
  await site.start({ by: ['unshare', '--mount', 'sh', '-ec', protect, 'sh'] });
  const failures = () => site.daemon.log.entries.filter((line) => line.includes('failed'));
  const [first = ''] = failures();
  assert.match(first, /sysctl net\.ipv4\.\S+ failed: .*read-only/i);
  const count = failures().length;
  assert.deepEqual(lost(await site.connect().take(40)), []);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  assert.equal(failures().length, count);
});

test('a plan needs no privileges, clear says what is forbidden', async (t) => {
  const site = await Site.open(t, lines);
  const before = readPolicy(site.router);
  assert.equal(runAction(site.router, 'plan', site.settings, { by: nobody }), 'The kernel is as planned.\n');
  assert.throws(() => runAction(site.router, 'clear', site.settings, { by: nobody }), {
    status: 1,
    stderr: /failed: .*(EPERM|not permitted)/,
  });
  assert.deepEqual(readPolicy(site.router), before);
});
