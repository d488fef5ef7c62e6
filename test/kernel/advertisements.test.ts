import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Advertiser } from '../support/advertiser.ts';
import { addIPv6, connect6, gateway6, routerAddress6, targets6 } from '../support/ipv6.ts';
import { startEcho } from '../support/traffic.ts';
import { until } from '../support/waiting.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

const [before, after] = ['2001:db8:10::/64', '2001:db8:20::/64'];

/** A site that forwards already, and whose first uplink has IPv6 by router advertisements alone. */
async function build(t: TestContext): Promise<Site> {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const { internet, router, settings } = site;
  addIPv6(internet);
  await startEcho(internet.core, targets6);
  router.ip([`addr del ${routerAddress6(0)}/64 dev eth1`]);
  router.sysctl({ 'net/ipv6/conf/eth1/use_tempaddr': 2, 'net/ipv6/conf/all/forwarding': 1 });
  internet.provider.ip(['addr add 2001:db8:20::1/64 dev eth1 nodad']);
  internet.provider.nft(`flush chain ip6 strict in
add rule ip6 strict in iifname "eth1" ip6 saddr != { fe80::/10, ::, ${before}, ${after} } drop
add rule ip6 strict in iifname "eth2" ip6 saddr != { fe80::/10, ::, ${routerAddress6(1)} } drop`);
  const [first, second] = settings.uplinks;
  Object.assign(first ?? {}, { ipv6: { ip: 'auto', gateway: 'auto' } });
  Object.assign(second ?? {}, { ipv6: { gateway: gateway6 } });
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  settings.base_priority = 20_000;
  return site;
}

/** The source address in the route of the first uplink's table. */
function sourceOf(site: Site): string {
  const [route = ''] = site.router.show('-6 route show table 1');
  return / src (\S+)/.exec(route)?.[1] ?? '';
}

function temporaryAddresses(site: Site): string[] {
  const lines = site.router.show('-6 addr show dev eth1 temporary');
  return lines.flatMap((line) => / inet6 (\S+)\//.exec(line)?.[1] ?? []);
}

test('a line comes up by router advertisements alone, follows its prefix and goes with its router', async (t) => {
  const site = await build(t);
  await site.start();
  await site.daemon.log.until((line) => /eth1 IPv6 is down: eth1 has no global IPv6 address/.test(line), {
    within: PATIENCE,
  });
  const advertiser = new Advertiser(site.internet.provider, 'eth1');
  t.after(() => advertiser.close());
  await site.tells(/Uplink eth1 IPv6 is up/, () => advertiser.advertise({ [before]: 'preferred' }));
  const source = sourceOf(site);
  assert.match(source, /^2001:db8:10:/);
  await until(() => temporaryAddresses(site).length > 0, PATIENCE);
  assert.ok(!temporaryAddresses(site).includes(source));

  const connections = connect6(site.internet);
  await connections.next(40);
  const known = site.daemon.log.entries.length;
  advertiser.advertise({ [before]: 'deprecated', [after]: 'preferred' });
  await until(() => sourceOf(site).startsWith('2001:db8:20:'), PATIENCE);
  assert.ok(!temporaryAddresses(site).includes(sourceOf(site)));
  assert.ok(site.router.show('-6 rule show').includes(`20000:\tfrom ${sourceOf(site)} lookup 1 proto 70`));
  assert.deepEqual(lost(await fresh(connections, 60)), []);
  const said = site.daemon.log.entries.slice(known);
  assert.deepEqual(
    said.filter((line) => /eth2|eth1 is/.test(line) && / is down/.test(line)),
    [],
  );

  await site.tells(/Uplink eth1 IPv6 is down: the main table has no IPv6 default route over eth1/, () =>
    advertiser.close(),
  );
  assert.deepEqual(lost(await fresh(connections, 60)), []);
});
