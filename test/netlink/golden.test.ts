import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAddress, encodeAddress } from '../../src/netlink/address.ts';
import { readAttributes } from '../../src/netlink/attribute.ts';
import { encodeMarkFilter } from '../../src/netlink/conntrack.ts';
import { decodeLink, encodeLink } from '../../src/netlink/link.ts';
import { decodeNeighbour, encodeNeighbour } from '../../src/netlink/neighbour.ts';
import { decodeRoute, encodeRoute } from '../../src/netlink/route.ts';
import { decodeRule, encodeRule } from '../../src/netlink/rule.ts';
import { addresses } from './golden/addresses.ts';
import { markFilters } from './golden/connections.ts';
import { bytesOf, type Golden } from './golden/golden.ts';
import { links } from './golden/links.ts';
import { neighbours } from './golden/neighbours.ts';
import { routes } from './golden/routes.ts';
import { rules } from './golden/rules.ts';

const HEADER = 12; // struct rtmsg, struct fib_rule_hdr

function reads<Message>(
  goldens: readonly Golden<Message>[],
  decode: (payload: Uint8Array) => Message,
  encode: (message: Message) => Uint8Array,
): void {
  for (const { commands, payload, message } of goldens) {
    test(`${commands.join('; ')}: read, and read again when written`, () => {
      const received = bytesOf(payload);
      const read = decode(received);
      received.fill(0xff); // the next datagram takes its place
      assert.deepEqual(read, message);
      assert.deepEqual(decode(encode(message)), message);
    });
  }
}

/** The header, and the attributes in an order of our own: the kernel's differs between IPv4 and IPv6. */
function parts(payload: Uint8Array, ignore: readonly number[]): string[] {
  const attributes = [...readAttributes(payload.subarray(HEADER))].filter(
    ({ type }) => !ignore.includes(type),
  );
  const texts = attributes.map(({ type, value }) => `${type}: ${Buffer.from(value).toString('hex')}`);
  return [Buffer.from(payload.subarray(0, HEADER)).toString('hex'), ...texts.toSorted()];
}

function writes<Message>(
  goldens: readonly Golden<Message>[],
  encode: (message: Message) => Uint8Array,
  ignore: (message: Message) => readonly number[] = () => [],
): void {
  for (const { commands, payload, message } of goldens) {
    test(`${commands.join('; ')}: written as the kernel does`, () => {
      assert.deepEqual(parts(encode(message), ignore(message)), parts(bytesOf(payload), ignore(message)));
    });
  }
}

reads(links, decodeLink, encodeLink);
reads(addresses, decodeAddress, encodeAddress);
reads(neighbours, decodeNeighbour, encodeNeighbour);
reads(rules, decodeRule, encodeRule);
writes(rules, encodeRule);
reads(
  routes.filter(({ message }) => message.nexthopId === undefined),
  decodeRoute,
  encodeRoute,
);
// Of a nexthop object the kernel tells the expansion (RTA_OIF, RTA_GATEWAY) but wants the number alone.
writes(routes, encodeRoute, ({ nexthopId }) => (nexthopId === undefined ? [] : [4, 5]));

test('a nexthop object is read with its expansion', () => {
  const [golden] = routes.filter(({ message }) => message.nexthopId !== undefined);
  assert.ok(golden);
  assert.deepEqual(decodeRoute(bytesOf(golden.payload)), golden.message);
});

for (const { commands, payload, message } of markFilters) {
  test(`${commands.join('; ')}: written as that program does, but for the version`, () => {
    const wanted = bytesOf(payload);
    // Only with version 1 in struct nfgenmsg does a request to delete mean the family that it names.
    wanted[1] = 1;
    assert.deepEqual(
      Buffer.from(encodeMarkFilter(message)).toString('hex'),
      Buffer.from(wanted).toString('hex'),
    );
  });
}
