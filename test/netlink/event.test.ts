import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEvent } from '../../src/netlink/event.ts';
import { addresses } from './golden/addresses.ts';
import { bytesOf } from './golden/golden.ts';
import { links } from './golden/links.ts';
import { neighbours } from './golden/neighbours.ts';
import { routes } from './golden/routes.ts';
import { rules } from './golden/rules.ts';

const AF_BRIDGE = 7;
const RTNL_FAMILY_IPMR = 128;

const event = (type: number, payload: Uint8Array) =>
  decodeEvent({ type, flags: 0x500, sequence: 3, portId: 4711, payload });

for (const [object, newType, goldens] of [
  ['link', 16, links],
  ['address', 20, addresses],
  ['route', 24, routes],
  ['neighbour', 28, neighbours],
  ['rule', 32, rules],
] as const) {
  const [golden] = goldens;
  assert.ok(golden);
  const payload = bytesOf(golden.payload);
  const common = { object, message: golden.message, portId: 4711, flags: 0x500 };

  test(`a new ${object} and one that is gone are told apart`, () => {
    assert.deepEqual(event(newType, payload), { kind: 'new', ...common });
    assert.deepEqual(event(newType + 1, payload), { kind: 'del', ...common });
  });

  test(`a ${object} of another family is none of ours`, () => {
    const [, ...rest] = payload;
    for (const family of [AF_BRIDGE, RTNL_FAMILY_IPMR])
      assert.equal(event(newType, Uint8Array.of(family, ...rest)), undefined);
  });
}

test('a message of another type is none of ours', () => {
  assert.equal(event(104, new Uint8Array(8)), undefined); // RTM_NEWNEXTHOP
  assert.equal(event(104, Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0)), undefined);
});
