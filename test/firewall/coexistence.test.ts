import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TABLE } from '../../src/firewall/managed.ts';
import { lost, PATIENCE, Site } from '../kernel/site.ts';
import { countByWay } from '../support/exchange.ts';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { lan, targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { containers, docker, fail2ban, firewalld, tailscale } from './neighbours.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const addresses = ['198.18.10.2', '198.18.11.2'];

/** A container behind a bridge of the router. */
function connectContainer(t: TestContext, router: Namespace): Namespace {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  const { container } = laboratory.namespaces('container');
  const { bridge, router: gateway, host } = containers;
  laboratory.ip([
    `link add ${bridge} netns ${router.name} type bridge`,
    `link add veth1 netns ${router.name} type veth peer name eth0 netns ${container.name}`,
  ]);
  router.ip([
    `addr add ${gateway}/24 dev ${bridge}`,
    `link set veth1 master ${bridge}`,
    'link set veth1 up',
    `link set ${bridge} up`,
  ]);
  container.ip([
    `addr add ${host}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway}`,
    'link set lo up',
  ]);
  return container;
}

/** All tables but ours, without counters. */
function others(router: Namespace): string {
  const tables = router
    .exec(['nft', 'list', 'tables'])
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith(` ${TABLE}`));
  return tables.map((table) => router.exec(['nft', '-s', 'list', ...table.split(' ')])).join('');
}

/** How many packets had the marks of Tailscale and Kubernetes when they were forwarded. */
function marked(router: Namespace): number {
  const rules = router.exec(['iptables-nft', '-vnxL', 'ts-forward']);
  return Number(/^\s*(\d+) .*0x40000\/0xff0000 mark match 0x4000\/0x4000/m.exec(rules)?.[1] ?? Number.NaN);
}

for (const base_priority of [40_000, 1000]) {
  test(`beside Docker, Tailscale, firewalld and fail2ban, with rules from ${base_priority} on`, async (t) => {
    const site = await Site.build(t, lines);
    const { router, core, client } = site.internet;
    router.nft('flush ruleset');
    for (const rules of [docker, tailscale]) router.exec(['iptables-nft-restore', '--noflush'], rules);
    router.nft(firewalld);
    router.nft(fail2ban);
    const container = connectContainer(t, router);
    await startEcho(container, [containers.host]);
    await startEcho(client, [lan.client]);
    const before = others(router);
    site.settings.firewall = { manage: true, fwmark_mask: 0xff };
    site.settings.base_priority = base_priority;
    await site.start({ options: ['--debug'] });
    const { log } = site.daemon;
    await log.until((line) => line.includes('managed table, made'), { within: PATIENCE });

    await t.test('containers and the LAN reach the internet by every uplink', async () => {
      for (const namespace of [container, client]) {
        const exchanges = await new Traffic(namespace, { kind: 'udp', targets, every: 5 }).take(80);
        assert.deepEqual(lost(exchanges), []);
        assert.deepEqual([...countByWay(exchanges).keys()].toSorted(), addresses);
      }
    });

    await t.test('a published port of a container is answered by the uplink that was asked', async () => {
      const asked = new Traffic(core, { kind: 'tcp', targets: addresses, every: 5 });
      assert.deepEqual(lost(await asked.take(60)), []);
    });

    await t.test('between LAN and containers nothing is led out, nor translated', async () => {
      const inner = new Traffic(client, { kind: 'tcp', targets: [containers.host], every: 5 });
      const exchanges = await inner.take(30);
      assert.deepEqual([...countByWay(exchanges)], [[lan.client, exchanges.length]]);
    });

    await t.test('marks of others arrive, and so do packets that have both', async () => {
      const earlier = marked(router);
      const flows = site.flow();
      await flows.next(60);
      assert.deepEqual(lost(await flows.stop()), []);
      assert.ok(marked(router) >= earlier + 60);
    });

    await t.test('their tables are as they were, also after ours was repaired', async () => {
      assert.equal(others(router), before);
      await site.tells(/repaired: the managed table/, () => router.nft(`delete table inet ${TABLE}`));
      assert.equal(others(router), before);
    });

    await t.test('what they do to their tables concerns nobody', async () => {
      const [since, used] = [log.entries.length, site.daemon.processorTime];
      const bans = Array.from({ length: 250 }, (_, index) => `198.18.201.${index}`);
      for (const verb of ['add', 'delete'])
        router.nft(bans.map((ban) => `${verb} element inet f2b-table addr-set-sshd { ${ban} }`).join('\n'));
      for (let round = 0; round < 10; round += 1)
        router.exec(['iptables-nft', round % 2 === 0 ? '-A' : '-D', 'DOCKER-USER', '-j', 'RETURN']);
      await site.tells(/repaired: the managed table/, () => router.nft(`delete table inet ${TABLE}`));
      const words = log.entries.slice(since).filter((line) => line.includes('the managed table'));
      assert.equal(words.length, 1);
      assert.ok(site.daemon.processorTime - used < 1000, `${site.daemon.processorTime - used} ms`);
    });
  });
}
