import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAttributes, writeAttributes } from '../../src/netlink/attribute.ts';
import { bytesOf } from './golden/golden.ts';

const attributes = [
  { type: 1, value: bytesOf(['c6120101']) },
  { type: 2, value: bytesOf(['020000000001']) }, // two bytes of padding
  { type: 0x8009, value: bytesOf([]) }, // NLA_F_NESTED stays
];
const bytes = bytesOf(['08000100c6120101', '0a0002000200000000010000', '04000980']);

test('attributes are padded to four bytes, their length is not', () => {
  assert.deepEqual(writeAttributes(attributes), bytes);
  assert.deepEqual([...readAttributes(bytes)], attributes);
});

test('the padding of the last attribute may be missing, as may less than a header be left', () => {
  assert.deepEqual([...readAttributes(bytesOf(['050001002a']))], [{ type: 1, value: bytesOf(['2a']) }]);
  assert.deepEqual([...readAttributes(bytesOf(['050001002a000000', 'ffff']))].length, 1);
});

for (const [what, hex] of [
  ['shorter than its header', '0300010000000000'],
  ['without length', '0000010000000000'],
  ['longer than the message', '09000100c6120101'],
] as const) {
  test(`an attribute ${what} is an error`, () => {
    assert.throws(() => [...readAttributes(bytesOf([hex]))], { name: 'NetlinkError', code: 'EBADMSG' });
  });
}

test('a value that no length can tell is refused', () => {
  assert.throws(() => writeAttributes([{ type: 1, value: new Uint8Array(65_532) }]), RangeError);
});
