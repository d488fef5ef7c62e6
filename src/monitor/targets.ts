import { isIP } from 'node:net';
import type { Tests } from '../config/tests.ts';
import { type Address, addressBytes, addressText, type Family, familyOf } from '../network/address.ts';
import type { Target } from '../probe/target.ts';
import type { Endpoint } from '../probe/tcp.ts';
import type { UplinkSettings } from './settings.ts';

/** Where the configuration has no target for IPv6: resolvers of Google, OpenDNS, Quad9 and Cloudflare. */
const IPV6_TARGETS = [
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '2620:119:35::35',
  '2620:119:53::53',
  '2620:fe::fe',
  '2606:4700:4700::1111',
];

/** What is asked through a line: of all targets those of its family. */
export function targetsOf(tests: Tests, { type, family }: Pick<UplinkSettings, 'type' | 'family'>): Target[] {
  const { ips, targets: others = [] } = tests;
  const ours = (address: Address) => familyOf(address) === family;
  const resolvers = (tests.resolvers ?? others.flatMap(({ dns }) => dns?.server ?? [])).filter(ours);
  const hosts = [
    ...ips.filter(ours).map(echo),
    ...others.flatMap(({ tcp, dns, http }): Target[] => {
      if (tcp !== undefined) {
        const port = endpoint(tcp);
        return ours(port.address) ? [{ method: 'tcp', ...port }] : [];
      }
      if (dns !== undefined) return ours(dns.server) ? [{ method: 'dns', ...dns }] : [];
      return http !== undefined && reaches(http.url, family, resolvers)
        ? [{ method: 'http', ...http, resolvers }]
        : [];
    }),
  ];
  // A PPP link has no neighbours: its targets are the others.
  const neighbour = type !== 'ppp' && others.some((target) => target.neighbour !== undefined);
  return [
    ...(hosts.length === 0 && family === 6 ? IPV6_TARGETS.map(echo) : hosts),
    ...(neighbour ? [{ method: 'neighbour' } as const] : []),
  ];
}

function echo(address: Address): Target {
  return { method: 'echo', address };
}

/** A web server of that family is named by its address, or by a name that somebody of the family resolves. */
function reaches(url: string, family: Family, resolvers: readonly Address[]): boolean {
  const host = hostOf(url);
  return isIP(host) === 0 ? resolvers.length > 0 : isIP(host) === family;
}

/** The host of a URL; an IPv6 address without its brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The parts of "192.0.2.1:443" or "[2001:db8::1]:443". */
function endpoint(text: string): Endpoint {
  const [, address = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
  return { address: addressText(addressBytes(address)), port: Number(port) };
}
