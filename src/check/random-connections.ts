import type { Packet } from '../kernel/kernel.ts';
import { type Address, addressBytes, addressText, type Family } from '../network/address.ts';
import { IP_PROTOCOLS } from '../network/ip-protocol.ts';
import { bits, masked, type Prefix } from '../network/prefix.ts';

/** The network that connections come from, and the interface that leads there. */
export interface Clients {
  readonly interface: string;
  /** With this host's own address in it. */
  readonly prefix: Prefix;
}

const HTTPS = 443;
/** First of the ports that connections come from; RFC 6335. */
const DYNAMIC_PORTS = 49_152;

/**
 * First packets of `count` TCP connections to hosts of the internet, from hosts of a network or, where there is none,
 * from this host. All of it is by chance, but the same for the same seed, a whole number of 32 bits. Pure.
 */
export function randomConnections(
  family: Family,
  clients: Clients | undefined,
  count: number,
  seed: number,
): Packet[] {
  const random = generator(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, (): Packet => {
    const destination = remoteHost(family, below);
    const sport = DYNAMIC_PORTS + below(0x1_0000 - DYNAMIC_PORTS);
    const packet = { destination, mark: 0, ipProtocol: IP_PROTOCOLS.tcp, sport, dport: HTTPS };
    if (clients === undefined) return packet;
    return { ...packet, source: localHost(clients.prefix, below), iif: clients.interface };
  });
}

/** A network is large enough for hosts beside this one, its own address and that for all. */
export function hasHosts({ address, length }: Prefix): boolean {
  return bits(address.includes(':') ? 6 : 4) - length >= 2;
}

/** Of a network: neither its first nor its last address, nor the one that is known of it. */
function localHost(prefix: Prefix, below: (limit: number) => number): Address {
  const network = addressBytes(masked(prefix).address);
  const hostBits = network.length * 8 - prefix.length;
  for (;;) {
    const bytes = network.map((byte, index) => {
      const free = Math.min(8, Math.max(0, hostBits - 8 * (network.length - 1 - index)));
      return byte | below(2 ** free);
    });
    const host = addressText(bytes);
    const last = network.map(
      (byte, index) => byte | (0xff >> Math.min(8, Math.max(0, prefix.length - 8 * index))),
    );
    if (![prefix.address, addressText(network), addressText(last)].includes(host)) return host;
  }
}

/** First bytes of networks that hold addresses of no host of the internet, or not of those alone; RFC 6890. */
const SPECIAL = [10, 100, 127, 169, 172, 192, 198, 203];

function remoteHost(family: Family, below: (limit: number) => number): Address {
  const bytes = Uint8Array.from({ length: bits(family) / 8 }, () => below(256));
  if (family === 6) bytes[0] = 0x2a;
  else while (bytes[0] === 0 || bytes[0]! > 223 || SPECIAL.includes(bytes[0]!)) bytes[0] = below(224);
  return addressText(bytes);
}

/** Numbers from 0 to below 1: mulberry32, by Tommy Ettinger. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
