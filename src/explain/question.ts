import { isIP } from 'node:net';
import { quote } from '../config/quote.ts';
import type { Kernel, Packet } from '../kernel/kernel.ts';
import { type Address, addressBytes, addressText, familyOf } from '../network/address.ts';
import { IP_PROTOCOLS } from '../network/ip-protocol.ts';

/** What somebody wants to know: where would a new connection go? */
export interface Question {
  readonly destination: Address;
  /** Absent: this host, whose address is not chosen yet. */
  readonly from?: Address | undefined;
  readonly mark?: number | undefined;
  /** Name of the interface that its packets come from; absent: the one that leads back to `from`. */
  readonly in?: string | undefined;
  /** Absent: TCP. */
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | undefined;
  /** That it goes to; absent: not known. */
  readonly port?: number | undefined;
  /** Class of service, 0 to 63; absent: 0. */
  readonly dscp?: number | undefined;
}

/** A question that cannot be answered; the message says what is wrong with it. */
export class QuestionError extends Error {}

/**
 * The first packet of the connection. A host of the LAN is asked for by its address: its packets come from the
 * interface by which this host would answer. Throws QuestionError.
 */
export function packetOf(question: Question, kernel: Kernel): Packet {
  const { in: iif } = question;
  const destination = canonical(question.destination);
  const from = question.from === undefined ? undefined : canonical(question.from);
  if (from !== undefined && familyOf(from) !== familyOf(destination))
    throw new QuestionError(`nothing goes from ${from} to ${destination}: one is IPv4, the other IPv6`);
  const packet = { destination, ...contentOf(question) };
  const links = kernel.links();
  if (from === undefined) {
    if (iif !== undefined) throw new QuestionError(`whoever comes from ${iif} has an address, too: --from`);
    return packet;
  }
  if (iif !== undefined) {
    if (links.every(({ name }) => name !== iif)) throw new QuestionError(`there is no interface ${iif}`);
    return { ...packet, source: from, iif };
  }
  if (links.some(({ addresses }) => addresses.some(({ address }) => address === from)))
    return { ...packet, source: from };
  return { ...packet, source: from, iif: wayBack(from, kernel) };
}

function canonical(address: string): Address {
  // A zone behind it says by which interface, which is what is asked for.
  if (isIP(address) === 0 || address.includes('%'))
    throw new QuestionError(`${quote(address)} is not an IP address; names are not looked up`);
  return addressText(addressBytes(address));
}

/** What of the packet does not depend on where it is. */
function contentOf({
  destination,
  mark = 0,
  protocol = 'tcp',
  port,
  dscp,
}: Question): Omit<Packet, 'destination'> {
  if (protocol === 'icmp' && port !== undefined) throw new QuestionError('icmp has no ports');
  return {
    mark,
    ipProtocol: IP_PROTOCOLS[protocol === 'icmp' && isIP(destination) === 6 ? 'ipv6-icmp' : protocol],
    ...(port !== undefined && { dport: port }),
    ...(dscp !== undefined && { dscp }),
  };
}

function wayBack(address: Address, kernel: Kernel): string {
  try {
    const [hop] = kernel.route({ destination: address, mark: 0 }).nexthops;
    if (hop !== undefined) return hop.device;
  } catch {
    // Told below, for both.
  }
  throw new QuestionError(`nothing leads back to ${address}: which interface does it come from? --in`);
}
