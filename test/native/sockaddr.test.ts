import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inetAddress, netlinkAddress, unixAddress } from '../../src/native/sockaddr.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// struct sockaddr_* of a little-endian machine: family, then the fields in the order of the headers.
test('sockaddr_in', () => {
  assert.equal(hex(inetAddress('198.18.0.1', 53)), '02000035c61200010000000000000000');
});

test('sockaddr_in6', () => {
  assert.equal(
    hex(inetAddress('2001:db8::1', 53)),
    '0a0000350000000020010db800000000000000000000000100000000',
  );
});

test('sockaddr_un: a path ends with a zero byte, an abstract name begins with it', () => {
  assert.equal(hex(unixAddress('/run/x')), '01002f72756e2f7800');
  assert.equal(hex(unixAddress('@x/y')), '010000782f79');
});

test('sockaddr_nl', () => {
  assert.equal(hex(netlinkAddress(0x11)), '100000000000000011000000');
});

test('what does not fit is refused', () => {
  assert.throws(() => inetAddress('example.org'), TypeError);
  for (const port of [-1, 65_536, 1.5, Number.NaN])
    assert.throws(() => inetAddress('198.18.0.1', port), RangeError);
  for (const path of ['', 'x'.repeat(108), 'a\0b']) assert.throws(() => unixAddress(path), RangeError);
});
