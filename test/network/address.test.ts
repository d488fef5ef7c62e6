import assert from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBytes, addressText, familyOf } from '../../src/network/address.ts';

test('an IPv4 address is four bytes', () => {
  assert.deepEqual([...addressBytes('198.18.0.254')], [198, 18, 0, 254]);
  assert.equal(addressText(Uint8Array.of(198, 18, 0, 254)), '198.18.0.254');
});

test('an IPv6 address is written as RFC 5952 says', () => {
  for (const [written, canonical] of [
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['::ffff:198.18.0.1', '::ffff:c612:1'],
    ['2001:DB8::A', '2001:db8::a'],
  ] as const) {
    assert.equal(addressText(addressBytes(written)), canonical);
  }
});

test('any 4 or 16 bytes survive the way to text and back', () => {
  const bytes = fc.oneof(...[4, 16].map((length) => fc.uint8Array({ minLength: length, maxLength: length })));
  fc.assert(fc.property(bytes, (value) => assert.deepEqual(addressBytes(addressText(value)), value)));
});

test('the text of IPv6 bytes means the same to the platform', () => {
  const groups = fc.array(fc.constantFrom(0, 0, 1, 0xdb8, 0xffff), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, (values) => {
      const long = values.map((value) => value.toString(16).padStart(4, '0')).join(':');
      const platform = new SocketAddress({ address: long, family: 'ipv6' }).address;
      assert.deepEqual(addressBytes(addressText(addressBytes(long))), addressBytes(platform));
    }),
  );
});

test('what is no address is refused', () => {
  for (const text of ['', '198.18.0', '198.18.0.256', 'router', '1::2::3']) {
    assert.throws(() => familyOf(text), TypeError);
    assert.throws(() => addressBytes(text), TypeError);
  }
  assert.throws(() => addressText(new Uint8Array(5)), RangeError);
});
