import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressText, type Family } from '../../src/network/address.ts';
import { type AddressMessage, decodeAddress, encodeAddress } from '../../src/netlink/address.ts';
import { NetlinkError } from '../../src/netlink/error.ts';
import { decodeEvent } from '../../src/netlink/event.ts';
import { decodeLink, encodeLink, type LinkMessage } from '../../src/netlink/link.ts';
import { readDone, readError, readMessages } from '../../src/netlink/message.ts';
import { decodeNeighbour, encodeNeighbour, type NeighbourMessage } from '../../src/netlink/neighbour.ts';
import { decodeRoute, encodeRoute, type RouteMessage } from '../../src/netlink/route.ts';
import { decodeRule, encodeRule, type RuleMessage } from '../../src/netlink/rule.ts';
import { addresses } from './golden/addresses.ts';
import { bytesOf } from './golden/golden.ts';
import { links } from './golden/links.ts';
import { neighbours } from './golden/neighbours.ts';
import { routes } from './golden/routes.ts';
import { rules } from './golden/rules.ts';

const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffff_ffff);
const index = fc.nat(0x7fff_ffff);
const name = fc.stringMatching(/^[!-~]{1,15}$/);
const address = (family: Family) => {
  const length = family === 4 ? 4 : 16;
  return fc.uint8Array({ minLength: length, maxLength: length }).map(addressText);
};
const prefix = (family: Family) =>
  fc.record({ address: address(family), length: fc.nat(family === 4 ? 32 : 128) }, { noNullPrototype: true });
const others = fc.array(
  fc.record(
    { type: fc.integer({ min: 100, max: 0x3fff }), value: fc.uint8Array() },
    { noNullPrototype: true },
  ),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const families = fc.constantFrom<Family>(4, 6);

const link: fc.Arbitrary<LinkMessage> = fc.record(
  {
    index,
    name,
    type: fc.nat(0xffff),
    flags: u32,
    operstate: u8,
    carrier: fc.boolean(),
    mtu: u32,
    master: u32,
    kind: name,
    statistics: fc.record({ rxBytes: fc.maxSafeNat(), txBytes: fc.maxSafeNat() }, { noNullPrototype: true }),
  },
  { noNullPrototype: true, requiredKeys: ['index', 'name', 'type', 'flags'] },
);

const addressMessage: fc.Arbitrary<AddressMessage> = families.chain((family) =>
  fc.record(
    {
      family: fc.constant(family),
      index: u32,
      prefixLength: u8,
      scope: u8,
      flags: u32,
      local: address(family),
      address: address(family),
      label: name,
    },
    { noNullPrototype: true, requiredKeys: ['family', 'index', 'prefixLength', 'scope', 'flags'] },
  ),
);

const neighbour: fc.Arbitrary<NeighbourMessage> = families.chain((family) =>
  fc.record(
    {
      family: fc.constant(family),
      index,
      state: fc.nat(0xffff),
      flags: fc.nat(0xff),
      destination: address(family),
      linkLayer: fc.uint8Array({ maxLength: 20 }).map((bytes) =>
        Buffer.from(bytes)
          .toString('hex')
          .replace(/..(?=.)/g, '$&:'),
      ),
    },
    { noNullPrototype: true, requiredKeys: ['family', 'index', 'state', 'flags'] },
  ),
);

const ports = fc.record({ first: fc.nat(0xffff), last: fc.nat(0xffff) }, { noNullPrototype: true });

const rule: fc.Arbitrary<RuleMessage> = families.chain((family) =>
  fc.record(
    {
      family: fc.constant(family),
      priority: u32,
      action: u8,
      source: prefix(family),
      destination: prefix(family),
      tos: u8,
      mark: u32,
      mask: u32,
      iifname: name,
      oifname: name,
      ipProtocol: u8,
      sourcePorts: ports,
      sourcePortMask: fc.nat(0xffff),
      destinationPorts: ports,
      destinationPortMask: fc.nat(0xffff),
      dscp: u8,
      dscpMask: u8,
      target: u32,
      table: u32,
      suppressPrefixLength: fc.nat(128),
      protocol: u8,
      flags: u32,
      others,
    },
    {
      noNullPrototype: true,
      requiredKeys: ['family', 'priority', 'action', 'tos', 'table', 'protocol', 'flags'],
    },
  ),
);

const nexthop = fc.record(
  {
    gateway: families.chain(address),
    oif: index,
    weight: fc.integer({ min: 1, max: 256 }),
    flags: u8,
  },
  { noNullPrototype: true, requiredKeys: ['oif', 'weight', 'flags'] },
);
const nexthops = fc
  .array(nexthop, { maxLength: 64 })
  .map((hops) => (hops.length === 1 ? hops.map((hop) => ({ ...hop, weight: 1 })) : hops));

const route: fc.Arbitrary<RouteMessage> = families.chain((family) =>
  fc.record(
    {
      family: fc.constant(family),
      type: u8,
      table: u32,
      destination: prefix(family),
      from: prefix(family),
      tos: u8,
      scope: u8,
      protocol: u8,
      flags: fc.nat(0xff_ffff).map((flags) => flags * 256), // the low bits are the nexthop's
      metric: u32,
      source: address(family),
      nexthops,
      others,
    },
    {
      noNullPrototype: true,
      requiredKeys: ['family', 'type', 'table', 'tos', 'scope', 'protocol', 'flags', 'metric', 'nexthops'],
    },
  ),
);

function survives<Message>(
  what: string,
  arbitrary: fc.Arbitrary<Message>,
  encode: (message: Message) => Uint8Array,
  decode: (payload: Uint8Array) => Message,
): void {
  test(`a ${what} that is written and read is the same`, () => {
    fc.assert(fc.property(arbitrary, (message) => assert.deepEqual(decode(encode(message)), message)));
  });
}

survives('link', link, encodeLink, decodeLink);
survives('address', addressMessage, encodeAddress, decodeAddress);
survives('neighbour', neighbour, encodeNeighbour, decodeNeighbour);
survives('rule', rule, encodeRule, decodeRule);
survives('route', route, encodeRoute, decodeRoute);

const goldens = [...links, ...addresses, ...neighbours, ...rules, ...routes].map(({ payload }) =>
  bytesOf(payload),
);

/** Bytes of no form, and true ones of which a few are changed and the end is cut. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.constantFrom(...goldens), fc.array(fc.tuple(fc.nat(2000), u8), { maxLength: 4 }), fc.nat(2000))
    .map(([golden, changes, cut]) => {
      const changed = Uint8Array.from(golden);
      for (const [offset, byte] of changes) changed[offset % changed.length] = byte;
      return changed.subarray(0, cut < 1000 ? changed.length : cut % changed.length);
    }),
);

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  link: decodeLink,
  address: decodeAddress,
  neighbour: decodeNeighbour,
  rule: decodeRule,
  route: decodeRoute,
  message: (datagram) => [...readMessages(datagram)],
  error: (payload) => readError({ type: 2, flags: 0x200, sequence: 0, portId: 0, payload }),
  'end of a dump': (payload) => readDone({ type: 3, flags: 0x200, sequence: 0, portId: 0, payload }),
  ...Object.fromEntries(
    [16, 17, 20, 21, 24, 25, 28, 29, 32, 33, 80].map((type) => [
      `event of type ${type}`,
      (payload: Uint8Array) => decodeEvent({ type, flags: 0, sequence: 0, portId: 0, payload }),
    ]),
  ),
};

for (const [what, read] of Object.entries(readers)) {
  test(`arbitrary bytes are a ${what}, or a NetlinkError`, () => {
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          read(input);
        } catch (error) {
          if (!(error instanceof NetlinkError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
}
