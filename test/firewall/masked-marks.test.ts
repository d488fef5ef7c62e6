import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lost } from '../kernel/site.ts';
import { countByWay, echoPort, isLost } from '../support/exchange.ts';
import { Traffic } from '../support/traffic.ts';
import { dmz, GuardedSite } from './guarded-site.ts';
import { marker, unmarked } from './neighbours.ts';
import { firewalls, withSample } from './rule-sets.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }] as const;
const addresses = ['198.18.10.2', '198.18.11.2'];

for (const [name, firewall] of Object.entries(firewalls)) {
  test(`with the rules for ${name}, bits of a mark that are not ours stay as they are`, async (t) => {
    const guarded = await GuardedSite.open(t, firewall, lines, (settings) => {
      settings.firewall = { fwmark_mask: 0xff };
    });
    const { site } = guarded;
    const { router, core } = site.internet;
    assert.match(router.show('rule show pref 40002').join(), /fwmark 0x1\/0xff lookup 1/);
    guarded.load((rules) => withSample(rules, /DNAT|dnat/, { port: echoPort, host: dmz.host }));
    router.nft(marker);

    const outgoing = site.flow();
    const flows = await outgoing.next(60);
    const incoming = new Traffic(core, { kind: 'tcp', targets: addresses, every: 5 });
    await incoming.next(40);
    assert.deepEqual(lost([...(await incoming.stop()), ...(await outgoing.stop())]), []);
    assert.deepEqual([...countByWay(flows).keys()].toSorted(), addresses);
    const ways = new Set(flows.map((one) => `${one.flow} ${isLost(one) ? 'lost' : one.via}`));
    assert.equal(ways.size, 12, 'each flow has one way');
    assert.equal(unmarked(router), 0);
  });
}
