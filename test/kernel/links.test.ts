import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countByWay, monotonic } from '../support/exchange.ts';
import type { Internet } from '../support/internet.ts';
import { until } from '../support/waiting.ts';
import { devicesOf, readPolicy } from './policy.ts';
import { flowsBy, fresh, lost, PATIENCE, Site } from './site.ts';

interface Fault {
  readonly name: string;
  readonly fail: (internet: Internet) => void;
  readonly mend: (internet: Internet) => void;
  /** Why the daemon says that the uplink is down. */
  readonly reason: RegExp;
  /** The kernel or the daemon knows at once: not one connection that begins afterwards is lost. */
  readonly known: boolean;
}

const faults: readonly Fault[] = [
  {
    name: 'an interface that is set down',
    fail: (internet) => internet.setLink('eth1', 'down'),
    mend: (internet) => internet.setLink('eth1', 'up'),
    reason: /interface eth1 is down/,
    known: true,
  },
  {
    name: 'a pulled cable',
    fail: (internet) => internet.unplug('eth1'),
    mend: (internet) => internet.plug('eth1'),
    reason: /no carrier on eth1/,
    known: true,
  },
  {
    name: 'an address that is removed',
    fail: (internet) => internet.removeAddress('eth1'),
    mend: (internet) => internet.addAddress('eth1'),
    reason: /no interface has the address 198\.18\.10\.2/,
    known: true,
  },
  {
    name: 'an interface that is deleted, and made again under its name',
    fail: (internet) => internet.deleteInterface('eth1'),
    mend: (internet) => internet.createInterface('eth1'),
    reason: /there is no interface eth1/,
    known: false,
  },
  {
    name: 'a provider without its own uplink',
    fail: (internet) => internet.impair('eth1', 'beyond'),
    mend: (internet) => internet.mend('eth1'),
    reason: /no reply from \d of 3 targets.*, 2 needed/,
    known: false,
  },
  {
    name: 'a line that swallows everything',
    fail: (internet) => internet.impair('eth1', 'silent'),
    mend: (internet) => internet.mend('eth1'),
    reason: /no reply from \d of 3 targets.*, 2 needed/,
    known: false,
  },
];

for (const { name, fail, mend, reason, known } of faults) {
  test(`${name} costs the others nothing, and everything is back when it is mended`, async (t) => {
    const site = await Site.open(t, [{ name: 'eth1' }, { name: 'eth2' }]);
    const before = readPolicy(site.router);
    const [connections, flows] = [site.connect(), site.flow()];
    const healthy = flowsBy(await flows.next(120), '198.18.11.2');
    assert.equal(lost(await connections.next(50)).length, 0);

    let failed = 0;
    const down = new RegExp(`Uplink eth1 is down: (${reason.source})`);
    await site.tells(down, () => {
      fail(site.internet);
      failed = monotonic();
    });
    const decided = monotonic();
    assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
    const meanwhile = await fresh(connections, 40);
    assert.deepEqual([...countByWay(meanwhile).keys()], ['198.18.11.2']);

    await site.tells(/Uplink eth1 is up: \d of 3 targets answer, 2 needed/, () => mend(site.internet));
    assert.deepEqual(readPolicy(site.router), before);
    const afterwards = countByWay(await fresh(connections, 60));
    assert.deepEqual([...afterwards.keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);

    assert.deepEqual(lost(await connections.stop(), known ? failed : decided), []);
    const ofHealthy = (await flows.stop()).filter(({ flow }) => healthy.has(flow));
    assert.ok(ofHealthy.length > 0);
    assert.deepEqual(lost(ofHealthy), []);
  });
}

test('a pulled cable costs no connection, though the next check is a minute away', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  site.settings.tests.interval = 60;
  await site.start();
  const connections = site.connect();
  await connections.next(20);
  let pulled = 0;
  await site.tells(/Uplink eth1 is down: no carrier on eth1/, () => {
    site.internet.unplug('eth1');
    pulled = monotonic();
  });
  await fresh(connections, 20);
  assert.deepEqual(lost(await connections.stop(), pulled), []);
});

test('a link that is down and up again before anybody looks has its routes again', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  // No check comes to help.
  site.settings.tests.interval = 60;
  await site.start({ options: ['--debug'] });
  const { log } = site.daemon;
  await log.until((line) => line.includes('Uplink eth1: check passed'), { within: PATIENCE });
  const before = readPolicy(site.router);
  site.daemon.signal('SIGSTOP');
  site.router.ip(['link set eth1 down', 'link set eth1 up']);
  await until(() => site.router.show('link show eth1').join().includes(' state UP '), 2000);
  assert.notDeepEqual(readPolicy(site.router), before);
  site.daemon.signal('SIGCONT');
  await until(() => readPolicy(site.router).routes.join() === before.routes.join(), 1000);
  assert.ok(!log.entries.some((line) => line.includes('is down')));
});

test('an uplink whose gateway is nobody on its link harms nobody', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  Object.assign(site.settings.uplinks[0] ?? {}, { gateway: '198.18.77.1' });
  await site.start();
  await site.daemon.log.until((line) => line.includes('Uplink eth1 is down'), { within: PATIENCE });
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
  const connections = site.connect();
  await connections.next(40);
  // It is in no subnet of the interface, as cloud images have it, and is asked for there all the same.
  await site.tells(/Uplink eth1 is up/, () =>
    site.internet.provider.ip(['addr add 198.18.77.1/32 dev eth1']),
  );
  assert.deepEqual(lost(await connections.stop()), []);
});
