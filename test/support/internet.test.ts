import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { countByWay, type Exchange, isLost } from './exchange.ts';
import { routerFirewall } from './firewall.ts';
import { Internet } from './internet.ts';
import { openNamespaces } from './namespace.ts';
import { lan, targets } from './topology.ts';
import { startEcho, Traffic } from './traffic.ts';
import { until } from './waiting.ts';

let internet: Internet;

before(async () => {
  internet = await Internet.build([{ name: 'eth1' }, { name: 'eth2' }, { name: 'ppp0', kind: 'ppp' }]);
  await startEcho(internet.core, targets);
  await startEcho(
    internet.provider,
    internet.uplinks.map(({ gateway }) => gateway),
  );
  forward(internet);
});

after(async () => {
  await internet.close();
  assert.deepEqual(openNamespaces(), []);
});

/**
 * The router's part that does not depend on the line: forwarding, marks and translation, and the balancing
 * table.
 */
function forward({ router, uplinks }: Internet): void {
  router.sysctl({ 'net/ipv4/ip_forward': 1 });
  router.nft(routerFirewall(uplinks, lan.interface));
  router.ip([
    ...uplinks.map(
      (_, index) => `rule add fwmark ${1 + index} lookup ${1 + index} priority ${40_000 + index}`,
    ),
    'rule add lookup 100 priority 41000',
  ]);
}

/** Spreads new connections over these lines, "name weight" each, and sends marked packets by their own. */
function balance({ router, uplinks }: Internet, weights: Readonly<Record<string, number>>): void {
  const chosen = uplinks.filter(({ name }) => name in weights);
  router.ip([
    ...chosen.map(
      ({ name, gateway }) =>
        `route replace default via ${gateway} dev ${name} table ${1 + uplinks.findIndex((uplink) => uplink.name === name)}`,
    ),
    `route replace default table 100 ${chosen
      .map(({ name, gateway }) => `nexthop via ${gateway} dev ${name} weight ${weights[name]}`)
      .join(' ')}`,
  ]);
}

/** The outcome of so many new connections. */
async function connect(
  from: 'client' | 'router',
  to: readonly string[],
  count = 10,
  kind: 'udp' | 'tcp' = 'udp',
): Promise<readonly Exchange[]> {
  const traffic = new Traffic(internet[from], { kind, targets: to, every: 2, count });
  await traffic.next(count);
  return traffic.stop();
}

/** The routes over an interface in all tables but the local one, which keeps those of each address. */
function routesOver(name: string): string[] {
  const all = internet.router.show(`route show table all dev ${name}`);
  return all.filter((route) => !route.includes(' table 255 '));
}

function lost(exchanges: readonly Exchange[]): number {
  return exchanges.filter(isLost).length;
}

for (const kind of ['udp', 'tcp'] as const) {
  test(`new ${kind} connections spread by the weights, and each names its line`, async () => {
    balance(internet, { eth1: 1, eth2: 2 });
    const exchanges = await connect('client', targets, 600, kind);
    assert.equal(lost(exchanges), 0);
    const ways = countByWay(exchanges);
    assert.deepEqual([...ways.keys()].toSorted(), ['198.18.10.2', '198.18.11.2']);
    const share = (ways.get('198.18.11.2') ?? 0) / exchanges.length;
    assert.ok(share > 0.57 && share < 0.76, `the second line carried ${share}, not two thirds`);
  });
}

test('established flows keep their line, and those of a healthy one lose nothing when another dies', async () => {
  balance(internet, { eth1: 1, eth2: 1 });
  const traffic = new Traffic(internet.client, { kind: 'flow', targets, every: 10, flows: 12 });
  const calm = await traffic.next(240);
  const wayOf = new Map(
    calm.flatMap((exchange) => (isLost(exchange) ? [] : [[exchange.flow, exchange.via]])),
  );
  assert.equal(lost(calm), 0);
  assert.equal(new Set(wayOf.values()).size, 2, 'the flows use both lines');

  internet.impair('eth2', 'silent');
  try {
    balance(internet, { eth1: 1 });
    await traffic.exchanges.until(isLost, { within: 5000 });
    const all = await traffic.stop();
    const onHealthy = all.filter(({ flow }) => wayOf.get(flow) === '198.18.10.2');
    assert.equal(lost(onHealthy), 0);
    assert.ok(all.every((exchange) => isLost(exchange) || exchange.via === wayOf.get(exchange.flow)));
  } finally {
    internet.mend('eth2');
  }
});

test('beyond: the gateway answers, nothing behind it does', async () => {
  balance(internet, { eth1: 1 });
  internet.impair('eth1', 'beyond');
  assert.ok(
    (await connect('client', targets)).every((exchange) => isLost(exchange) && exchange.lost === 'timeout'),
  );
  assert.equal(lost(await connect('router', ['198.18.10.1'])), 0);
  internet.mend('eth1');
  assert.equal(lost(await connect('client', targets)), 0);
});

test('silent: not even the gateway answers, nor does its ARP', async () => {
  balance(internet, { eth1: 1 });
  internet.impair('eth1', 'silent');
  internet.router.ip(['neigh flush dev eth1']);
  const exchanges = await connect('router', ['198.18.10.1']);
  assert.equal(lost(exchanges), exchanges.length);
  await until(
    () => internet.router.show('neigh show dev eth1').some((line) => line.endsWith('FAILED')),
    5000,
  );
  internet.mend('eth1');
  assert.equal(lost(await connect('client', targets)), 0);
});

test('unreachable: the gateway says so at once', async () => {
  balance(internet, { eth1: 1 });
  internet.impair('eth1', 'unreachable');
  const [first] = await connect('client', targets, 1, 'tcp');
  internet.mend('eth1');
  assert.ok(first !== undefined && isLost(first));
  assert.equal(first.lost, 'ENETUNREACH');
});

test('loss: about so many percent are lost, on that line only', async () => {
  balance(internet, { eth1: 1, eth2: 1 });
  internet.impair('eth1', { loss: 40 });
  const exchanges = await connect('client', targets, 600);
  internet.mend('eth1');
  const ways = countByWay(exchanges);
  const share = lost(exchanges) / (lost(exchanges) + (ways.get('198.18.10.2') ?? 0));
  assert.ok(share > 0.28 && share < 0.52, `${share} of the first line's connections were lost, not 0.4`);
});

test('a cable that is pulled takes the carrier away, and brings it back', async () => {
  balance(internet, { eth1: 1 });
  internet.unplug('eth1');
  assert.match(internet.router.show('link show eth1').join(), /NO-CARRIER.* state DOWN /);
  internet.plug('eth1');
  await until(() => internet.router.show('link show eth1').join().includes('LOWER_UP'), 2000);
  assert.equal(lost(await connect('client', targets)), 0);
});

test('a link that is set down loses its routes, and has its address again when it is up', async () => {
  balance(internet, { eth1: 1 });
  internet.setLink('eth1', 'down');
  assert.deepEqual(routesOver('eth1'), []);
  internet.setLink('eth1', 'up');
  balance(internet, { eth1: 1 });
  assert.equal(lost(await connect('client', targets)), 0);
});

test('an address that is removed takes the routes along, and works again when it is back', async () => {
  balance(internet, { eth1: 1 });
  internet.removeAddress('eth1');
  assert.deepEqual(internet.router.show('-4 addr show dev eth1'), []);
  assert.deepEqual(routesOver('eth1'), []);
  internet.addAddress('eth1');
  balance(internet, { eth1: 1 });
  assert.equal(lost(await connect('client', targets)), 0);
});

test('an interface that is deleted comes back under its name with another index', async () => {
  const [before] = internet.router.show('link show eth1');
  internet.deleteInterface('eth1');
  assert.throws(() => internet.router.show('link show eth1'), /does not exist/);
  internet.createInterface('eth1');
  assert.notEqual(
    Number.parseInt(internet.router.show('link show eth1')[0] ?? ''),
    Number.parseInt(before ?? ''),
  );
  balance(internet, { eth1: 1 });
  assert.equal(lost(await connect('client', targets)), 0);
});

test('a PPP link stands while its program runs, and may come back with another address', async () => {
  assert.match(internet.router.show('link show ppp0').join(), /POINTOPOINT,.*UP.*link\/\[512\]/);
  balance(internet, { ppp0: 1 });
  assert.deepEqual([...countByWay(await connect('client', targets)).keys()], ['198.18.12.2']);
  await internet.hangUp('ppp0');
  assert.throws(() => internet.router.show('link show ppp0'), /does not exist/);
  await internet.dial('ppp0', { address: '198.18.12.77' });
  balance(internet, { ppp0: 1 });
  assert.deepEqual([...countByWay(await connect('client', targets)).keys()], ['198.18.12.77']);
});

test('the provider takes no packet with the address of another line', async () => {
  internet.router.nft('flush chain ip fault_tolerant_router translate_source');
  internet.router.ip(['route replace default via 198.18.10.1 dev eth1 src 198.18.11.2 table 100']);
  const exchanges = await connect('router', targets);
  assert.equal(lost(exchanges), exchanges.length);
});

test('64 lines with one and the same gateway address all carry connections', async () => {
  const lines = Array.from({ length: 64 }, (_, index) => ({
    name: `eth${1 + index}`,
    address: `198.18.99.${2 + index}`,
    gateway: '198.18.99.1',
  }));
  const wide = await Internet.build(lines);
  try {
    await startEcho(wide.core, targets);
    forward(wide);
    balance(wide, Object.fromEntries(lines.map(({ name }) => [name, 1])));
    const traffic = new Traffic(wide.client, { kind: 'udp', targets, every: 2, count: 600 });
    await traffic.next(600);
    const exchanges = await traffic.stop();
    assert.equal(lost(exchanges), 0);
    // By chance alone 1 in 13,000 lines stays without one of 600 connections.
    assert.ok(countByWay(exchanges).size >= 60, `${countByWay(exchanges).size} of 64 lines were used`);
  } finally {
    await wide.close();
  }
});
