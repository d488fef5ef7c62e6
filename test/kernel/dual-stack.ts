import type { TestContext } from 'node:test';
import { addIPv6, gateway6, targets6 } from '../support/ipv6.ts';
import type { UplinkOptions } from '../support/topology.ts';
import { startEcho } from '../support/traffic.ts';
import { Site } from './site.ts';

/** A site with both families, whose daemon is not started yet. */
export async function dualStack(t: TestContext, lines: readonly UplinkOptions[]): Promise<Site> {
  const site = await Site.build(t, lines);
  addIPv6(site.internet);
  await startEcho(site.internet.core, targets6);
  const { settings } = site;
  settings.uplinks = settings.uplinks.map((uplink) => ({ ...uplink, ipv6: { gateway: gateway6 } }));
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  return site;
}

/** The interfaces in the balancing route of IPv6, in its order. */
export function devices6(site: Site): string[] {
  const [route = ''] = site.router.show(`-6 route show table ${site.balancing}`);
  return [...route.matchAll(/ dev (\S+)/g)].map(([, device = '']) => device);
}
