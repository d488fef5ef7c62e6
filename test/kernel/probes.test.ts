import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { monotonic } from '../support/exchange.ts';
import { transcribe } from '../support/waiting.ts';
import { devicesOf } from './policy.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const forgery = fileURLToPath(new URL('../support/echo-forgery-server.js', import.meta.url));

/** Waits for so many more checks of an uplink that fail. */
async function failedChecks(site: Site, name: string, count: number): Promise<void> {
  const { log } = site.daemon;
  const since = log.entries.length;
  const failed = () =>
    log.entries.slice(since).filter((line) => line.includes(`Uplink ${name}: check failed`));
  await log.until(() => failed().length >= count, { within: PATIENCE, since });
}

test('a dead uplink is not brought up by the line beside it, even with a default route in main', async (t) => {
  const site = await Site.build(t, lines);
  site.router.ip(['route add default via 198.18.11.1 dev eth2']);
  await site.start({ options: ['--debug'] });
  await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  await failedChecks(site, 'eth1', 6);
  assert.ok(!site.daemon.log.entries.some((line) => /Uplink eth1 is up|Uplink eth2 is down/.test(line)));
});

test('a flood of replies with another token, identifier or sequence brings no uplink up', async (t) => {
  const site = await Site.open(t, lines);
  const { provider } = site.internet;
  // What comes by eth1 is for the provider itself, which does not answer: a program forges answers.
  provider.sysctl({ 'net/ipv4/icmp_echo_ignore_all': 1 });
  const forger = provider.spawn([process.execPath, forgery]);
  const forged = transcribe([forger.stdout as Readable], String);
  await forged.until((line) => line === 'ready', { within: PATIENCE });
  await site.daemon.end();
  await site.start({ options: ['--debug'] });
  await site.tells(/Uplink eth1 is down: no reply/, () =>
    provider.ip(['route add local 198.19.0.0/24 dev lo table 99', 'rule add iif eth1 lookup 99']),
  );
  await failedChecks(site, 'eth1', 6);
  assert.ok(forged.entries.length > 6);
  assert.ok(!site.daemon.log.entries.some((line) => /Uplink eth1 is up|Uplink eth2 is down/.test(line)));
  await site.tells(/Uplink eth1 is up/, () => provider.ip(['rule del iif eth1 lookup 99']));
});

test('an ICMP error of the gateway speaks at once', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.tests = { ...site.settings.tests, interval: 0.5, timeout: 5 };
  await site.start();
  const began = monotonic();
  const [line = ''] = await site.tells(/Uplink eth1 is down/, () =>
    site.internet.impair('eth1', 'unreachable'),
  );
  assert.match(line, /"network unreachable" from 198\.18\.10\.1 from \d of 3 targets/);
  // The next check, and no timeout.
  assert.ok(monotonic() - began < 1500, `${monotonic() - began} ms`);
});

test('a gateway that no longer answers ARP is noticed, though the next check is an hour away', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.tests.interval = 3600;
  // The kernel's own patience is half a minute.
  site.router.sysctl({
    'net/ipv4/neigh/eth1/base_reachable_time_ms': 200,
    'net/ipv4/neigh/eth1/delay_first_probe_time': 1,
    'net/ipv4/neigh/eth1/retrans_time_ms': 100,
  });
  await site.start({ options: ['--debug'] });
  await site.daemon.log.until((line) => line.includes('Uplink eth1: check passed'), { within: PATIENCE });
  const connections = site.connect();
  await connections.next(20);
  await site.tells(/Uplink eth1 is down: the gateway 198\.18\.10\.1 does not answer ARP/, () =>
    site.internet.impair('eth1', 'silent'),
  );
  const decided = monotonic();
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
  await fresh(connections, 20);
  assert.deepEqual(lost(await connections.stop(), decided), []);
});

test('a neighbour table that somebody empties is no fault of a gateway', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.tests.interval = 60;
  await site.start({ options: ['--debug'] });
  await site.daemon.log.until((line) => line.includes('Uplink eth1: check passed'), { within: PATIENCE });
  const connections = site.connect();
  await connections.next(20);
  site.router.ip(['neigh flush dev eth1']);
  assert.deepEqual(lost(await fresh(connections, 100)), []);
  assert.ok(
    !site.daemon.log.entries.some((line) => line.includes('is down')),
    site.daemon.log.entries.join('\n'),
  );
});
