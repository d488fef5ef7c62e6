import type { Family } from '../../../src/network/address.ts';

/** Both families of the two lines; every address is one of its family. */
export const addresses = {
  4: {
    host: '198.19.0.1',
    nobody: '198.19.0.9',
    absent: '198.18.7.7',
    peer: '198.18.1.1',
    tunnel: { address: '198.18.3.2', peer: '198.18.3.1' },
    line: { index: 11, address: '198.18.1.2', gateway: '198.18.1.1', mark: 1 },
    other: { address: '198.18.2.2', gateway: '198.18.2.1', peer: '198.18.2.1' },
    hostRecord: 'A',
  },
  6: {
    host: '2001:db8:ffff::1',
    nobody: '2001:db8:ffff::9',
    absent: '2001:db8:7::7',
    peer: '2001:db8:1::1',
    tunnel: { address: '2001:db8:3::2', peer: '2001:db8:3::1' },
    line: { index: 11, address: '2001:db8:1::2', gateway: 'fe80::1', mark: 1 },
    other: { address: '2001:db8:2::2', gateway: 'fe80::1', peer: '2001:db8:2::1' },
    hostRecord: 'AAAA',
  },
} as const;

/** The variable that says which of them is tested. */
export const FAMILY = 'PROBED_FAMILY';

/** That which is tested. */
export const family: Family = process.env[FAMILY] === '6' ? 6 : 4;

export const {
  /** The host on the internet; see support/probed-server.ts. */
  host,
  /** An address of the internet that nobody has. */
  nobody,
  /** An address that this router does not have. */
  absent,
  /** Of the provider's router on the first line, where no server listens; of the internet. */
  peer,
  /** The ends of a link that has no link-layer addresses. */
  tunnel,
  /** Of the first line, eth1, with its provider's router. */
  line,
  /** The type of a DNS record that holds such an address. */
  hostRecord,
} = addresses[family];

/** An address as it stands in a URL; RFC 3986, section 3.2.2. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
