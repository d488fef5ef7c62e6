import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { targets } from '../support/topology.ts';
import { Traffic } from '../support/traffic.ts';
import { until } from '../support/waiting.ts';
import { PolicyChanges, devicesOf, readPolicy } from './policy.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it well, and the routing stays`, async (t) => {
    const site = await Site.open(t, lines);
    const connections = site.connect();
    await connections.next(20);
    const before = readPolicy(site.router);
    const changes = await PolicyChanges.listen(site.router);
    assert.equal(await site.daemon.end(signal), 0);
    assert.deepEqual(readPolicy(site.router), before);
    assert.deepEqual(await changes.heard(), []);
    await fresh(connections, 40);
    assert.deepEqual(lost(await connections.stop()), []);
  });
}

test('signals are heeded from the moment at which it says that it has started', async (t) => {
  const site = await Site.open(t, lines);
  await site.tells(/Configuration of .* is in force/, () => site.daemon.signal('SIGHUP'));
  await site.start();
  assert.equal(await site.daemon.end(), 0);
});

/** Kills the daemon, starts it again, and waits until each uplink was checked three times. */
async function killAndRestart(site: Site): Promise<void> {
  await site.daemon.end('SIGKILL');
  await site.start({ options: ['--debug'] });
  const { log } = site.daemon;
  const checks = (name: string) =>
    log.entries.filter((line) => line.includes(`Uplink ${name}: check `)).length;
  await log.until(() => checks('eth1') >= 3 && checks('eth2') >= 3, { within: PATIENCE });
}

test('killed and started again, it changes nothing and costs nothing', async (t) => {
  const site = await Site.open(t, lines);
  const [connections, flows] = [site.connect(), site.flow()];
  await flows.next(60);
  const changes = await PolicyChanges.listen(site.router);
  await killAndRestart(site);
  assert.deepEqual(await changes.heard(), []);
  assert.deepEqual(lost(await connections.stop()), []);
  assert.deepEqual(lost(await flows.stop()), []);
});

test('killed and started again, it keeps a dead uplink out', async (t) => {
  const site = await Site.open(t, lines);
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  const connections = site.connect();
  await connections.next(20);
  const changes = await PolicyChanges.listen(site.router);
  await killAndRestart(site);
  assert.deepEqual(await changes.heard(), []);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1']);
  assert.deepEqual(lost(await connections.stop()), []);
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
});

test('a process that was stopped for three seconds blames no uplink', async (t) => {
  const site = await Site.build(t, lines);
  await site.start({ options: ['--debug'] });
  const connections = site.connect();
  const { log } = site.daemon;
  await log.until((line) => line.includes('check passed'), { within: PATIENCE });

  site.daemon.signal('SIGSTOP');
  // A connection every 5 ms.
  await connections.next(600);
  await site.tells([/Uplink eth1: check passed/, /Uplink eth2: check passed/], () =>
    site.daemon.signal('SIGCONT'),
  );
  await site.tells([/Uplink eth1: check passed/, /Uplink eth2: check passed/], () => undefined);
  assert.ok(!log.entries.some((line) => / is down|check failed/.test(line)));
  assert.deepEqual(lost(await connections.stop()), []);
});

/** A site whose PPP link holds a probe that the daemon waits for. */
async function freezeProbe(t: TestContext): Promise<Site> {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'ppp0', kind: 'ppp' }]);
  site.settings.tests.timeout = 0.7;
  site.router.nft(`table ip witness {
    counter asked { }
    chain output {
      type filter hook output priority filter
      oifname "ppp0" icmp type echo-request counter name asked
    }
  }`);
  const asked = () => {
    const text = site.router.exec(['nft', 'list', 'counter', 'ip', 'witness', 'asked']);
    return Number(/packets (\d+)/.exec(text)?.[1]);
  };
  await site.start({ options: ['--debug'] });
  await site.daemon.log.until((line) => line.includes('Uplink ppp0: check passed'), { within: PATIENCE });
  site.internet.freeze('ppp0');
  const before = asked();
  await until(() => asked() > before, 1000);
  site.daemon.signal('SIGSTOP');
  return site;
}

test('replies that come while the process is stopped are in time by the stamp of the kernel', async (t) => {
  const site = await freezeProbe(t);
  site.internet.thaw('ppp0');
  // Longer than the timeout: a connection every 5 ms.
  await site.connect().next(200);
  await site.tells(/Uplink ppp0: check passed/, () => site.daemon.signal('SIGCONT'));
  assert.ok(!site.daemon.log.entries.some((line) => /stood still| is down|check failed/.test(line)));
});

test('a check during which the whole machine stood still is made again', async (t) => {
  const site = await freezeProbe(t);
  await new Traffic(site.internet.provider, { kind: 'udp', targets, every: 5 }).next(200);
  await site.tells([/Uplink ppp0: this machine stood still for \d+ ms/, /Uplink ppp0: check passed/], () => {
    site.daemon.signal('SIGCONT');
    site.internet.thaw('ppp0');
  });
  assert.ok(!site.daemon.log.entries.some((line) => / is down|check failed/.test(line)));
});
