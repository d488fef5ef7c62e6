import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ask as askDaemon } from '../../src/control/client.ts';
import { controlPath, isServed } from '../../src/control/socket.ts';
import type { Overridden } from '../../src/control/override.ts';
import type { SurveyReport } from '../../src/control/survey.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { countByWay, monotonic } from '../support/exchange.ts';
import { until } from '../support/waiting.ts';
import { runAction } from '../support/daemon.ts';
import { devices6, dualStack } from './dual-stack.ts';
import { devicesOf, PolicyChanges } from './policy.ts';
import { flowsBy, fresh, lost, PATIENCE, Site } from './site.ts';
import { main } from '../support/program.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const [first, second] = ['198.18.10.2', '198.18.11.2'];

const plain: typeof dualStack = (t, uplinks) => Site.build(t, uplinks);

/** A site whose daemon keeps its control socket and its overrides in a directory that outlives it. */
async function open(t: TestContext, build = plain): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-run-'));
  process.env['RUNTIME_DIRECTORY'] = directory;
  const site = await build(t, lines);
  await site.start();
  t.after(() => rmSync(directory, { recursive: true }));
  await listening();
  return site;
}

/** The daemon listens a moment after it has started. */
async function listening(): Promise<void> {
  const deadline = monotonic() + PATIENCE;
  while (monotonic() < deadline) {
    if (await isServed(controlPath({}, process.env))) return;
    await pause(10);
  }
  throw new Error('the daemon does not listen');
}

const ask = <Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> =>
  askDaemon<Answer>(controlPath({}, process.env), { method, path, body });

/** Runs an action beside the daemon; the lines that it prints. Throws an error with `status` and `stderr`. */
const act = (site: Site, ...words: string[]): string[] =>
  site.router
    .exec([process.execPath, main, ...words])
    .trimEnd()
    .split('\n');

test('a drained uplink keeps the connections that it has, gets no new ones, and no packet is lost', async (t) => {
  const site = await open(t);
  const [connections, flows] = [site.connect(), site.flow()];
  await connections.next(40);
  const before = await flows.next(120);
  const drained = flowsBy(before, first);
  assert.ok(drained.size > 0 && drained.size < 12, `${drained.size} of 12 flows`);

  const [uplink] = (await ask<Overridden>('POST', '/v1/uplinks/eth1/drain', { for: '10m' })).uplinks;
  assert.equal(uplink?.override?.kind, 'drained');
  assert.equal(uplink?.role, 'standby');
  const ways = countByWay(await fresh(connections, 100));
  assert.deepEqual([...ways.keys()], [second]);
  const during = await flows.next(120);
  assert.deepEqual(flowsBy(during, first), drained);

  await ask<Overridden>('POST', '/v1/uplinks/eth1/force', { to: 'auto' });
  const again = countByWay(await fresh(connections, 100));
  assert.deepEqual([...again.keys()].toSorted(), [first, second]);
  assert.deepEqual(lost(await connections.stop()), []);
  assert.deepEqual(lost(await flows.stop()), []);
});

test('a drain ends by itself', async (t) => {
  const site = await open(t);
  await site.tells([/eth1 is drained by the administrator for 1s/, /eth1 is judged by its tests again/], () =>
    ask('POST', '/v1/uplinks/eth1/drain', { for: '1s' }),
  );
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'eth2']);
});

test('an uplink that is forced down is left by all that another can carry', async (t) => {
  const site = await open(t);
  const [connections, flows] = [site.connect(), site.flow()];
  await connections.next(40);
  const stranded = flowsBy(await flows.next(120), first);
  assert.ok(stranded.size > 0);
  await site.tells(/Uplink eth1: its connections begin anew/, () =>
    ask('POST', '/v1/uplinks/eth1/force', { to: 'down' }),
  );
  const ways = countByWay(await fresh(connections, 100));
  assert.deepEqual([...ways.keys()], [second]);
  // What was under way is over.
  await flows.next(24);
  assert.deepEqual(flowsBy(await flows.next(60), second).size, 12);
  assert.deepEqual(lost(await flows.stop()), []);
  assert.deepEqual(lost(await connections.stop()), []);
});

test('an uplink that is forced down is no last resort either', async (t) => {
  const site = await open(t);
  await ask('POST', '/v1/uplinks/eth1/force', { to: 'down' });
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
});

test('an uplink that is forced up carries connections although its tests fail', async (t) => {
  const site = await open(t);
  // Its targets do not answer pings, but connections work.
  await site.tells(/Uplink eth1 is down/, () =>
    site.internet.provider.nft(
      'add table ip silence; add chain ip silence forward { type filter hook forward priority 0; }; ' +
        'add rule ip silence forward iifname "eth1" icmp type echo-request drop',
    ),
  );
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
  const [uplink] = (await ask<Overridden>('POST', '/v1/uplinks/eth1/force', { to: 'up' })).uplinks;
  assert.deepEqual([uplink?.state, uplink?.override?.kind, uplink?.role], ['down', 'up', 'routing']);
  const connections = site.connect();
  const from = monotonic();
  const ways = countByWay(await fresh(connections, 100));
  assert.deepEqual([...ways.keys()].toSorted(), [first, second]);
  assert.deepEqual(lost(await connections.stop(), from), []);

  await site.tells(/Uplink eth1: .*routing --> standby/, () => site.internet.setLink('eth1', 'down'));
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2'], 'not without a link');
});

test('overrides live through a crash, which changes nothing in the kernel', async (t) => {
  const site = await open(t);
  await ask('POST', '/v1/uplinks/eth1/force', { to: 'down' });
  assert.equal(runAction(site.router, 'plan', site.settings), 'The kernel is as planned.\n');
  const changes = await PolicyChanges.listen(site.router);
  await site.daemon.end('SIGKILL');
  await site.start();
  await listening();
  assert.deepEqual(await changes.heard(), []);
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth2']);
  await ask('POST', '/v1/uplinks/eth1/force', { to: 'auto' });
  assert.deepEqual(devicesOf(site.router, site.balancing), ['eth1', 'eth2']);
});

test('a survey tells of each target, over a line that is down too', async (t) => {
  const site = await open(t);
  const report = await ask<SurveyReport>('POST', '/v1/uplinks/eth1/probe');
  assert.deepEqual([report.answered, report.needed, report.passed], [3, 2, true]);
  assert.ok(report.targets.every((one) => 'rtt' in one && one.rtt > 0));
  await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  const failed = await ask<SurveyReport>('POST', '/v1/uplinks/eth1/probe');
  assert.deepEqual([failed.answered, failed.passed, failed.regular.state], [0, false, 'down']);
});

test('an explanation names the line that the connection really takes', async (t) => {
  const site = await open(t);
  const explain = (question: string) => ask<Explanation>('GET', `/v1/explain?${question}`);
  const lan = await explain('destination=198.19.0.1&from=198.18.0.2');
  assert.deepEqual([lan.in, lan.taken?.maker, lan.taken?.meaning], ['eth0', 'us', 'the balancing table']);
  assert.deepEqual(
    lan.shares.map(({ share }) => share),
    [0.5, 0.5],
  );
  const own = await explain('destination=198.19.0.1&from=198.18.11.2');
  assert.deepEqual(
    [own.way?.uplink, own.way?.source, own.taken?.meaning],
    ['eth2', second, 'the table of eth2'],
  );
  site.router.ip(['rule add priority 5210 to 198.19.0.1 unreachable protocol 99']);
  const foreign = await explain('destination=198.19.0.1');
  assert.deepEqual(
    [foreign.way, foreign.taken?.maker, foreign.taken?.meaning],
    [null, 'others', 'refuses it'],
  );
});

test('an order means both lines of an uplink or the one that it names, and each is asked and explained by itself', async (t) => {
  const site = await open(t, dualStack);
  const devices = () =>
    [devicesOf(site.router, site.balancing), devices6(site)].map((list) => list.toSorted());
  const [forced, , ...others] = act(site, 'force', 'eth1 IPv6', 'down');
  assert.match(forced ?? '', /^Uplink eth1 IPv6 is forced down by the administrator; /);
  assert.deepEqual(others, []);
  assert.deepEqual(devices(), [['eth1', 'eth2'], ['eth2']]);
  const drained = act(site, 'drain', 'eth1').filter((line) => line.startsWith('Uplink '));
  assert.deepEqual(
    drained.map((line) => line.replace(/ is drained .*/, '')),
    ['Uplink eth1', 'Uplink eth1 IPv6'],
  );
  assert.deepEqual(devices(), [['eth2'], ['eth2']]);
  act(site, 'force', 'eth1', 'auto');
  await until(() => devices().every((names) => names.length === 2), PATIENCE);

  const { uplink, answered, targets } = await ask<SurveyReport>('POST', '/v1/uplinks/eth1%20IPv6/probe');
  assert.deepEqual([uplink.family, answered, targets.length], [6, 3, 3]);
  const [balanced] = act(site, 'explain', '2001:db8:ffff::1', '--from', '2001:db8:100::2');
  assert.match(
    balanced ?? '',
    /from 2001:db8:100::2 \(eth0\) to 2001:db8:ffff::1 leaves by eth\d IPv6 \(eth\d\), source 2001:db8:1\d::2\.$/,
  );
  const marked = await ask<Explanation>('GET', '/v1/explain?destination=2001:db8:ffff::1&mark=2');
  assert.deepEqual(
    [marked.way?.uplink, marked.way?.gateway, marked.taken?.meaning],
    ['eth2 IPv6', 'fe80::1', 'the table of eth2 IPv6'],
  );
  site.router.exec(['ip', '-6', 'rule', 'add', 'priority', '5210', 'to', '2001:db8:ffff::1', 'prohibit']);
  const refused = await ask<Explanation>('GET', '/v1/explain?destination=2001:db8:ffff::1');
  assert.deepEqual([refused.way, refused.taken?.meaning], [null, 'refuses it']);
  assert.match(refused.refusal ?? '', /EACCES/);
});

test('all of it as actions of the command line', async (t) => {
  const site = await open(t);
  const [forced, carries] = act(site, 'force', 'eth1', 'down');
  assert.match(forced ?? '', /^Uplink eth1 is forced down by the administrator; the tests say: /);
  assert.equal(carries, 'It carries no new connections.');
  assert.match(act(site, 'drain', '--for=10m', 'eth1')[0] ?? '', /^Uplink eth1 is drained .*, 10m 0s left;/);
  assert.match(act(site, 'force', 'eth1', 'auto')[0] ?? '', /^Uplink eth1 is judged by its tests again: /);
  const [name, ...report] = act(site, 'probe', 'eth1');
  assert.equal(name, 'eth1:');
  assert.match(report[0] ?? '', /^ {2}198\.19\.0\.1 {2}\d+\.\d ms$/);
  assert.match(report[3] ?? '', /^3 of 3 targets answer, 2 needed: it works\.$/);
  const [sentence, taken] = act(site, 'explain', '198.19.0.1', '--mark', '2');
  assert.match(sentence ?? '', /with mark 0x2 leaves by eth2, source 198\.18\.11\.2\.$/);
  assert.match(taken ?? '', /taken .*fwmark 0x2 lookup 2 proto 70 +the table of eth2$/);

  site.internet.unplug('eth1');
  await until(() => devicesOf(site.router, site.balancing).length === 1, PATIENCE);
  for (const [words, status, message] of [
    [['force', 'eth7', 'up'], 1, /there is no uplink "eth7" \(is eth1 meant\?\)/],
    [['probe', 'eth1'], 1, /no probe can leave: no carrier on eth1/],
    [['drain', 'eth1', '--for', 'ever'], 1, /for: "ever" is not a duration/],
    [['explain', 'example.com'], 1, /"example\.com" is not an IP address; names are not looked up/],
    [['force', 'eth1', 'sideways'], 2, /sideways is none of up, down, auto/],
  ] as const) {
    assert.throws(
      () => act(site, ...words),
      (error: { status: number; stderr: string }) => {
        assert.equal(error.status, status);
        assert.match(error.stderr, message);
        return true;
      },
    );
  }
});
