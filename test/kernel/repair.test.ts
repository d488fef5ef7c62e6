import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { monotonic } from '../support/exchange.ts';
import { transcribe, until } from '../support/waiting.ts';
import { readPolicy } from './policy.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

/** What somebody does to rules and routes of ours, with ip(8). */
const deeds: readonly (readonly string[])[] = [
  ['route flush table 1'],
  ['route flush table 3'],
  ['route replace default via 198.18.10.1 dev eth1 table 3'],
  ['route replace default via 198.18.11.1 dev eth2 table 1'],
  ['rule flush protocol 70'],
  ['rule del pref 40004'],
  ['rule del pref 40000', 'rule del pref 40000'],
  ['route flush table 1', 'route flush table 2', 'route flush table 3', 'rule flush protocol 70'],
];

for (const deed of deeds) {
  test(`${deed.join(', ')}: repaired within a second`, async (t) => {
    const site = await Site.build(t, lines);
    // No check falls into the moment in which our rules are not there.
    site.settings.tests.interval = 60;
    await site.start({ options: ['--debug'] });
    const { log } = site.daemon;
    const passed = () => log.entries.filter((line) => line.includes('check passed')).length;
    await log.until(() => passed() === lines.length, { within: PATIENCE });
    const before = readPolicy(site.router);
    const connections = site.connect();
    await connections.next(20);
    site.router.ip(deed);
    const done = monotonic();
    await log.until((line) => line.includes('Kernel, changed by somebody, repaired:'), { within: 1000 });
    assert.deepEqual(readPolicy(site.router), before);
    const repaired = monotonic();
    assert.ok(repaired - done < 1000, `${repaired - done} ms`);
    await fresh(connections, 20);
    assert.deepEqual(lost(await connections.stop(), repaired), []);
    assert.ok(!log.entries.some((line) => line.includes('is down')));
  });
}

test('a fight costs little time and few words, and is won when the other side gives up', async (t) => {
  const site = await Site.open(t, lines);
  const before = readPolicy(site.router);
  const { log } = site.daemon;
  const said = log.entries.length;
  const [began, used] = [monotonic(), site.daemon.processorTime];

  const loop = 'while :; do ip rule del pref 40004 2>/dev/null && echo deleted; done';
  const adversary = site.router.spawn(['sh', '-c', loop]);
  const deletions = transcribe([adversary.stdout as Readable], String);
  // Ten repairs in a row are free, each further one takes a second.
  await deletions.until(() => deletions.entries.length >= 13, { within: PATIENCE });
  adversary.kill('SIGKILL');
  const [lasted, cost] = [monotonic() - began, site.daemon.processorTime - used];

  assert.ok(lasted > 1500, `13 repairs within ${lasted} ms`);
  assert.ok(cost < 0.2 * lasted, `${cost} ms of processor time in ${lasted} ms`);
  const words = log.entries.slice(said);
  assert.ok(words.length <= 20, words.join('\n'));
  await until(() => readPolicy(site.router).rules.join() === before.rules.join(), 2500);
});

test('what is done while the daemon hears too much is seen all the same', async (t) => {
  const site = await Site.open(t, lines);
  const before = readPolicy(site.router);
  site.daemon.signal('SIGSTOP');
  // More news of a link than any buffer holds.
  site.router.ip([
    ...Array.from({ length: 20_000 }, (_, i) => `link set lo mtu ${i % 2 === 0 ? 60_000 : 65_536}`),
    'rule flush protocol 70',
    'route flush table 3',
  ]);
  await site.tells(/The kernel told more than could be heard/, () => site.daemon.signal('SIGCONT'));
  await until(() => JSON.stringify(readPolicy(site.router)) === JSON.stringify(before), 1000);
});
