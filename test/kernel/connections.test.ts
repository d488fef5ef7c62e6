import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { countByWay, isLost, monotonic } from '../support/exchange.ts';
import type { Namespace } from '../support/namespace.ts';
import { targets } from '../support/topology.ts';
import { transcribe } from '../support/waiting.ts';
import { flowsBy, fresh, lost, PATIENCE, Site, type UplinkSection } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const first = '198.18.10.2';
const second = '198.18.11.2';
/** discard, RFC 863. */
const PORT = 9;

test('flows of a dead uplink go on by another, and those of the others lose nothing', async (t) => {
  const site = await Site.open(t, lines);
  const flows = site.flow();
  const before = await flows.next(120);
  const [stranded, healthy] = [flowsBy(before, first), flowsBy(before, second)];
  assert.ok(stranded.size > 0 && healthy.size > 0);
  let failed = 0;
  await site.tells(/Uplink eth1: its connections begin anew on a line that works/, () => {
    site.internet.impair('eth1', 'silent');
    failed = monotonic();
  });
  const since = flows.exchanges.entries.length;
  for (const flow of stranded)
    await flows.exchanges.until((one) => one.flow === flow && !isLost(one) && one.via === second, {
      within: PATIENCE,
      since,
    });
  const exchanges = await flows.stop();
  assert.deepEqual(lost(exchanges.filter(({ flow }) => healthy.has(flow))), []);
  assert.deepEqual(
    flowsBy(
      exchanges.filter(({ startedAt, flow }) => startedAt > failed && healthy.has(flow)),
      first,
    ),
    new Set(),
  );
});

test('connections of TCP are reset by the other side instead of hanging', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.uplinks = site.settings.uplinks.map((uplink, index) => ({
    ...uplink,
    priority_group: 1 + index,
  }));
  await site.start();
  const { client, core } = site.internet;
  const [target = ''] = targets;
  const run = (namespace: Namespace, program: string) => {
    const { stdout } = namespace.spawn([process.execPath, '-e', program]);
    return transcribe([stdout as Readable], String);
  };
  const server = run(
    core,
    `require('node:net').createServer((one) => one.on('error', () => {}).resume())
      .listen(${PORT}, '${target}', () => console.log('listening'));`,
  );
  await server.until((line) => line === 'listening', { within: PATIENCE });
  const connection = run(
    client,
    `const connection = require('node:net').connect(${PORT}, '${target}', () => console.log('connected'));
    const talk = setInterval(() => connection.write('x'), 50);
    connection.on('error', ({ code }) => (console.log(code), clearInterval(talk)));`,
  );
  await connection.until((line) => line === 'connected', { within: PATIENCE });
  await site.tells(/begin anew on a line that works/, () => site.internet.impair('eth1', 'silent'));
  await connection.until((line) => line === 'ECONNRESET', { within: PATIENCE });
});

test('nothing is forgotten when nothing else works', async (t) => {
  const site = await Site.open(t, lines);
  const flows = site.flow();
  await flows.next(120);
  await site.tells(/No uplink works/, () => {
    site.internet.impair('eth1', 'silent');
    site.internet.impair('eth2', 'silent');
  });
  const entries = () => Number(site.router.exec(['conntrack', '-C']).trim());
  assert.ok(entries() >= 12);
  assert.ok(site.daemon.log.entries.every((line) => !line.includes('begin anew')));
  await site.tells(/An uplink works again/, () => {
    site.internet.mend('eth1');
    site.internet.mend('eth2');
  });
  assert.deepEqual(lost(await flows.next(60)), [], 'flows go on where they were');
});

for (const [on_return, way] of [
  ['keep', second],
  ['move', first],
] as const) {
  test(`flows that fled: ${on_return}, when their uplink is back`, async (t) => {
    const site = await Site.build(t, lines);
    site.settings.uplinks = site.settings.uplinks.map((uplink, index) => ({
      ...uplink,
      priority_group: 1 + index,
      on_return,
    }));
    await site.start();
    const flows = site.flow();
    assert.deepEqual(flowsBy(await flows.next(60), first).size, 12);
    await site.tells(/begin anew on a line that works/, () => site.internet.impair('eth1', 'silent'));
    const since = flows.exchanges.entries.length;
    const moved = () => flowsBy(flows.exchanges.entries.slice(since), second).size === 12;
    await flows.exchanges.until(moved, { within: PATIENCE, since });
    const moves = on_return === 'move' ? [/begin anew on the line that is back/] : [];
    await site.tells([/Uplink eth1 is up/, ...moves], () => site.internet.mend('eth1'));
    // What was under way is over.
    await flows.next(24);
    const ways = new Set((await flows.next(60)).flatMap((one) => (isLost(one) ? 'lost' : one.via)));
    assert.deepEqual([...ways], [way]);
  });
}

for (const forced of ['strict', 'fallback'] as const) {
  test(`connections that are forced to a dead uplink: ${forced}`, async (t) => {
    const site = await Site.build(t, lines);
    const [only, ...others] = site.settings.uplinks;
    site.settings.uplinks = [{ ...(only as UplinkSection), forced }, ...others];
    // As an administrator does it in the chain that restores marks: all of them go by eth1.
    site.router.nft(
      'insert rule ip fault_tolerant_router mark_incoming iifname "eth0" ct state new ct mark set 1',
    );
    await site.start();
    assert.deepEqual([...countByWay(await site.connect().take(40)).keys()], [first]);
    await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
    const connections = site.connect();
    const ways = (await fresh(connections, 40)).map((one) => (isLost(one) ? 'lost' : one.via));
    assert.deepEqual([...new Set(ways)], [forced === 'strict' ? 'lost' : second]);
    await site.tells(/Uplink eth1 is up/, () => site.internet.mend('eth1'));
    assert.deepEqual([...countByWay(await fresh(connections, 40)).keys()], [first]);
  });
}
