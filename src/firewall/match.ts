import type { Family } from '../network/address.ts';
import { formatIpProtocol } from '../network/ip-protocol.ts';
import { formatPorts } from '../network/port-range.ts';
import { formatPrefix } from '../network/prefix.ts';
import { nameOfServiceClass } from '../network/service-class.ts';
import type { Match } from '../plan/policy.ts';

/** The expressions of nft(8) that ask what a policy asks, as `nft list` prints them; empty: they ask nothing. */
export function matchExpressions(family: Family, match: Match): string {
  const { from, to, iif, ipProtocol, sport, dport, dscp } = match;
  const header = family === 4 ? 'ip' : 'ip6';
  const protocol = ipProtocol === undefined ? '' : formatIpProtocol(ipProtocol);
  const ports = [
    ...(sport === undefined ? [] : [`${protocol} sport ${formatPorts(sport)}`]),
    ...(dport === undefined ? [] : [`${protocol} dport ${formatPorts(dport)}`]),
  ];
  return [
    ...(iif === undefined ? [] : [`iifname "${iif}"`]),
    ...(from === undefined ? [] : [`${header} saddr ${formatPrefix(from)}`]),
    ...(to === undefined ? [] : [`${header} daddr ${formatPrefix(to)}`]),
    ...(protocol !== '' && ports.length === 0 ? [`meta l4proto ${protocol}`] : ports),
    ...(dscp === undefined ? [] : [`${header} dscp ${serviceClass(dscp)}`]),
  ].join(' ');
}

function serviceClass(dscp: number): string {
  const name = nameOfServiceClass(dscp) ?? `0x${dscp.toString(16).padStart(2, '0')}`;
  return name === 'le' ? 'lephb' : name;
}
