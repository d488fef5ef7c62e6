import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { type Address, addressBytes, addressText } from '../network/address.ts';
import { mistaken } from './kind.ts';
import { quote } from './quote.ts';

/* Kinds of values that name a host, as those of kind.ts. */

/** Unicast IPv4 address in canonical text: neither of this host, nor multicast, nor reserved (RFC 6890). */
export function hostAddress() {
  return z
    .ipv4({ error: mistaken('an IPv4 address') })
    .refine(isHost4, { error: notAHost })
    .meta({ title: 'IPv4 address' });
}

/** "auto", or the unicast IPv6 address, of more than the link alone, of a host; RFC 4291. */
export function ownAddress6() {
  return addressOrAuto((address) => isHost6(address) && !isLinkLocal(address));
}

/** "auto", or a unicast IPv6 address: that of the link alone, too, as routers mostly have. */
export function neighbourAddress6() {
  return addressOrAuto(isHost6);
}

/** Unicast address of either family. */
export function anyHostAddress() {
  const error = mistaken('an IP address');
  const known = z
    .string({ error })
    .refine((text) => isIPv4(text) || isAddress6(text), { error, abort: true })
    .refine(isHost, { error: notAHost });
  return z.preprocess(canonical, known).meta({ title: 'IP address' });
}

function addressOrAuto(isFit: (address: Address) => boolean) {
  const error = mistaken('an IPv6 address or "auto"');
  const known = z
    .string({ error })
    .refine((text) => text === 'auto' || isAddress6(text), { error, abort: true })
    .refine((text) => text === 'auto' || isFit(text), { error: notAHost });
  return z.preprocess(canonical, known).meta({ title: '`auto` or IPv6 address' });
}

/** An IPv6 address as RFC 5952 writes it, so that equal ones are equal text; anything else as it is. */
function canonical(input: unknown): unknown {
  return typeof input === 'string' && isAddress6(input) ? addressText(addressBytes(input)) : input;
}

/** Without a zone. */
function isAddress6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isHost(address: Address): boolean {
  return isIPv4(address) ? isHost4(address) : isHost6(address) && !isLinkLocal(address);
}

function isHost4(address: Address): boolean {
  return !/^(0|127|22[4-9]|2[34]\d|25[0-5])\./.test(address);
}

/** Not unspecified, loopback or multicast, and no IPv4 address in another dress. */
function isHost6(address: Address): boolean {
  return !/^(::$|::1$|ff|::ffff:)/.test(address);
}

function isLinkLocal(address: Address): boolean {
  return /^fe[89ab]/.test(address);
}

function notAHost({ input }: { readonly input?: unknown }): string {
  return `${quote(input)} is a loopback, multicast or reserved address; the address of a host is needed`;
}

/** A TCP port of a host: "192.0.2.1:443", "[2001:db8::1]:443". */
export function endpoint() {
  const isEndpoint = (text: string) => {
    const [, ipv4, ipv6, port] = /^(?:([^:[\]]+)|\[([^\]]+)\]):([1-9]\d{0,4})$/.exec(text) ?? [];
    const isAddress = ipv4 === undefined ? isIPv6(ipv6 ?? '') : isIPv4(ipv4);
    return isAddress && isHost(ipv4 ?? String(canonical(ipv6))) && Number(port) <= 65_535;
  };
  const error = mistaken('the address and port of a host, as in 192.0.2.1:443 or [2001:db8::1]:443');
  return z.string({ error }).refine(isEndpoint, { error }).meta({ title: 'IP address:port' });
}

const DOMAIN_NAME = /^(?:\.|(?=.{1,253}\.?$)[\w-]{1,63}(?:\.[\w-]{1,63})*\.?)$/;

/** Domain name as RFC 1035 limits it, in ASCII; "." is the root. */
export function domainName() {
  const error = mistaken('a domain name');
  return z.string({ error }).regex(DOMAIN_NAME, { error }).meta({ title: 'domain name' });
}

/** URL of a web server that is named by a domain name or an IP address. */
export function webAddress() {
  const error = mistaken('an http or https URL with a domain name or an IP address');
  const isWebAddress = (text: string) => {
    if (!/^[^\s\p{Cc}]+$/u.test(text) || !URL.canParse(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && isServer(hostname) && username + password === '';
  };
  // Not repeated when it holds what may be a password.
  const wrong = ({ input }: { readonly input?: unknown }) =>
    String(input).includes('@') ? 'a user name and a password have no place in a URL here' : error({ input });
  return z.string({ error }).refine(isWebAddress, { error: wrong }).meta({ title: 'http or https URL' });
}

function isServer(host: string): boolean {
  return DOMAIN_NAME.test(host) || isIPv6(host.replace(/^\[(.*)\]$/, '$1'));
}
