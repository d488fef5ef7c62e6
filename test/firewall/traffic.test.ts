import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fresh, lost } from '../kernel/site.ts';
import { countByWay, echoPort, type Exchange, isLost, type TrafficOptions } from '../support/exchange.ts';
import type { Namespace } from '../support/namespace.ts';
import { lan, targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';
import { dmz, GuardedSite, knock } from './guarded-site.ts';
import { firewalls, withSample } from './rule-sets.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }, { name: 'ppp0', kind: 'ppp' }] as const;
const addresses = ['198.18.10.2', '198.18.11.2', '198.18.12.2'] as const;

/** The flows with each way that they took: one, where they stay with their uplink. */
function waysOfFlows(exchanges: readonly Exchange[]): string[] {
  return [
    ...new Set(exchanges.map((exchange) => `${exchange.flow} ${isLost(exchange) ? 'lost' : exchange.via}`)),
  ];
}

/** What became of each question of a client, `count` at least: also of the last ones, which may be lost yet. */
async function outcomes(
  namespace: Namespace,
  options: TrafficOptions,
  count: number,
): Promise<readonly Exchange[]> {
  const client = new Traffic(namespace, options);
  await client.next(count);
  return client.stop();
}

for (const [name, firewall] of Object.entries(firewalls)) {
  test(`with the generated rules for ${name}`, async (t) => {
    const guarded = await GuardedSite.open(t, firewall, lines, ({ uplinks: [first] }) => {
      Object.assign(first ?? {}, { weight: 2 });
    });
    const { site } = guarded;
    const { client, router, provider, core } = site.internet;
    /** Publishes the host in the DMZ, as the samples do. */
    const publish = (rules: string) => withSample(rules, /DNAT|dnat/, { port: echoPort, host: dmz.host });

    await t.test("the daemon's probes are answered", async () => {
      for (const line of lines)
        await site.daemon.log.until((entry) => entry.includes(`Uplink ${line.name}: check passed`), {
          within: 5000,
        });
    });

    for (const [zone, namespace] of [
      ['LAN', client],
      ['DMZ', guarded.dmz],
      ['router', router],
    ] as const) {
      await t.test(`new connections of the ${zone} spread by weight`, async () => {
        const exchanges = await outcomes(namespace, { kind: 'udp', targets, every: 2 }, 400);
        assert.deepEqual(lost(exchanges), []);
        const ways = countByWay(exchanges);
        // Five standard deviations.
        for (const [index, share] of [1 / 2, 1 / 4, 1 / 4].entries()) {
          const found = (ways.get(addresses[index] ?? '') ?? 0) / exchanges.length;
          assert.ok(Math.abs(found - share) < 1 / 8, [...ways].join(' '));
        }
      });
    }

    await t.test('a forced connection takes its uplink', async () => {
      guarded.load((rules) => withSample(rules, /\b1$/, { port: echoPort }));
      for (const namespace of [client, guarded.dmz]) {
        const exchanges = await outcomes(namespace, { kind: 'tcp', targets, every: 5 }, 40);
        assert.deepEqual([...countByWay(exchanges)], [[addresses[0], exchanges.length]]);
      }
    });

    await t.test('a published host answers each connection by the uplink that it came by', async () => {
      guarded.load(publish);
      const exchanges = await outcomes(core, { kind: 'tcp', targets: addresses, every: 5 }, 60);
      // By another line the answer would not get through: the provider knows its customers' addresses.
      assert.deepEqual(lost(exchanges), []);
    });

    await t.test('so does the router itself, by whichever of its addresses', async () => {
      const second = ['198.18.10.3', '198.18.11.3'];
      for (const [index, address] of second.entries()) {
        router.ip([`addr add ${address}/24 dev eth${1 + index}`]);
        provider.ip([`route add ${address} dev eth${1 + index}`]);
      }
      await startEcho(router, [...addresses, ...second]);
      guarded.load((rules) =>
        rules
          .replace('-i eth0 -p tcp --dport 22', `-p tcp --dport ${echoPort}`)
          .replace('iifname "eth0" tcp dport 22', `tcp dport ${echoPort}`),
      );
      const asked = [...addresses, ...second];
      const exchanges = await outcomes(core, { kind: 'tcp', targets: asked, every: 5 }, 60);
      assert.deepEqual(lost(exchanges), []);
    });

    await t.test('who may reach whom', async () => {
      guarded.load();
      provider.ip([
        `route add ${lan.prefix} via ${addresses[0]} dev eth1`,
        `route add ${dmz.host} via ${addresses[0]} dev eth1`,
      ]);
      const [target = ''] = targets;
      const expected = [
        ['LAN to WAN', 'open', client, target, echoPort],
        ['DMZ to WAN', 'open', guarded.dmz, target, echoPort],
        ['WAN to LAN', 'refused', core, lan.client, echoPort],
        ['WAN to DMZ', 'open', core, dmz.host, echoPort],
        ['LAN to DMZ', 'silent', client, dmz.host, echoPort],
        ['DMZ to LAN', 'silent', guarded.dmz, lan.client, echoPort],
        // Let in, and refused by the router's TCP: nothing listens there.
        ['LAN to SSH of the router', 'refused', client, lan.router, 22],
        ['LAN to another port of the router', 'silent', client, lan.router, 23],
        ['DMZ to SSH of the router', 'silent', guarded.dmz, dmz.router, 22],
        ['WAN to SSH of the router', 'silent', core, addresses[0], 22],
      ] as const;
      const found = expected.map(async ([what, , from, address, port]) => [
        what,
        await knock(from, address, port),
      ]);
      assert.deepEqual(
        await Promise.all(found),
        expected.map(([what, answer]) => [what, answer]),
      );
    });

    await t.test(
      'established connections stay with their uplink, whatever becomes of routes and rules',
      async () => {
        const publishUdp = (rules: string) => publish(rules).replaceAll('tcp dport', 'udp dport');
        guarded.load(publishUdp);
        const outgoing = site.flow();
        const incoming = new Traffic(core, { kind: 'flow', targets: addresses, every: 20, flows: 6 });
        const before = waysOfFlows(await outgoing.next(48));
        await incoming.next(24);
        assert.ok(new Set(before.map((flow) => flow.split(' ')[1])).size > 1, 'by several uplinks');

        const [first, ...others] = site.settings.uplinks;
        const standby = others.map((uplink) => ({ ...uplink, priority_group: 2 }));
        await site.tells(/is in force/, () => {
          site.daemon.configure({ ...site.settings, uplinks: [first, ...standby] });
          site.daemon.signal('SIGHUP');
        });
        guarded.load(publishUdp);
        const connections = site.connect();
        assert.deepEqual([...countByWay(await fresh(connections, 50)).keys()], [addresses[0]]);
        assert.deepEqual(lost(await connections.stop()), []);
        await Promise.all([outgoing.next(48), incoming.next(24)]);
        const all = await outgoing.stop();
        assert.deepEqual(lost([...all, ...(await incoming.stop())]), []);
        assert.deepEqual(waysOfFlows(all).toSorted(), before.toSorted());
      },
    );

    assert.deepEqual(
      site.daemon.log.entries.filter((entry) => entry.includes('is down')),
      [],
    );
  });
}
