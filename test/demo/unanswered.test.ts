import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberUnanswered, unanswered } from '../../demo/unanswered.ts';
import { isLost, monotonic } from '../support/exchange.ts';
import { routerFirewall } from '../support/firewall.ts';
import { Internet } from '../support/internet.ts';
import { lan, targets } from '../support/topology.ts';
import { startEcho, Traffic } from '../support/traffic.ts';

test('each lost connection is known by the line that it left by', async () => {
  const internet = await Internet.build([{ name: 'eth1' }, { name: 'eth2' }]);
  const { router, core, client, uplinks } = internet;
  try {
    await startEcho(core, targets);
    router.sysctl({ 'net/ipv4/ip_forward': 1 });
    router.nft(routerFirewall(uplinks, lan.interface));
    rememberUnanswered(router);
    const hops = uplinks.map(({ name, gateway }) => `nexthop via ${gateway} dev ${name}`);
    router.ip([`route add default ${hops.join(' ')}`]);

    internet.impair('eth2', 'beyond');
    const start = monotonic();
    const traffic = new Traffic(client, { kind: 'udp', targets, every: 5, count: 60 });
    await traffic.next(60);
    const lost = (await traffic.stop()).filter(isLost).length;
    assert.ok(lost > 0);
    assert.deepEqual([...unanswered(router, monotonic() - start)], [[2, lost]]);
    assert.deepEqual([...unanswered(router, 0)], [], 'older ones do not count');
  } finally {
    await internet.close();
  }
});
