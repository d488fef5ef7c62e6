import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBytes } from '../../src/network/address.ts';
import {
  checksum,
  ECHO_REQUEST,
  ICMP_DEST_UNREACH,
  ICMP_TIME_EXCEEDED,
  readEcho,
  TOKEN,
  writeEchoRequest,
} from '../../src/probe/icmp.ts';

const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function request(identifier = 0xabcd, sequence = 0x1234): Uint8Array {
  const packet = new Uint8Array(ECHO_REQUEST);
  writeEchoRequest(packet, 0, identifier, sequence, token);
  return packet;
}

/** An IPv4 packet around an ICMP message; `options` are words of IP options. */
function ipv4(payload: Uint8Array, from = '198.18.0.1', options = 0): Uint8Array {
  const packet = new Uint8Array(20 + options * 4 + payload.length);
  packet[0] = 0x45 + options;
  packet[9] = 1;
  packet.set(addressBytes(from), 12);
  packet.set(payload, 20 + options * 4);
  return packet;
}

function reply(): Uint8Array {
  const packet = request();
  packet[0] = 0;
  return packet;
}

function error(type: number, code: number, quoted: Uint8Array): Uint8Array {
  return Uint8Array.of(type, code, 0, 0, 0, 0, 0, 0, ...quoted);
}

test('an echo request has the layout of RFC 792 and a checksum that proves right', () => {
  const packet = request();
  assert.deepEqual([...packet.subarray(0, 2)], [8, 0]);
  assert.deepEqual([...packet.subarray(4, 8)], [0xab, 0xcd, 0x12, 0x34]);
  assert.deepEqual(packet.subarray(8, 8 + TOKEN), token);
  assert.equal(checksum(packet), 0);
});

test('the checksum is that of the example in RFC 1071', () => {
  assert.equal(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), 0xffff - 0xddf2);
});

test('a request is written at its offset and touches nothing else', () => {
  const packets = new Uint8Array(3 * ECHO_REQUEST).fill(0xee);
  writeEchoRequest(packets, ECHO_REQUEST, 1, 2, token);
  assert.ok(packets.subarray(0, ECHO_REQUEST).every((byte) => byte === 0xee));
  assert.ok(packets.subarray(2 * ECHO_REQUEST).every((byte) => byte === 0xee));
});

test('a reply is read, with and without IP options', () => {
  for (const options of [0, 1, 10]) {
    const echo = readEcho(ipv4(reply(), '198.18.0.1', options));
    assert.deepEqual(echo, { kind: 'reply', identifier: 0xabcd, sequence: 0x1234, token });
  }
});

test('an error is read with who says it, what it says and what it is about', () => {
  const quoted = ipv4(request(), '198.18.0.2', 2);
  assert.deepEqual(readEcho(ipv4(error(ICMP_DEST_UNREACH, 1, quoted), '198.18.7.7')), {
    kind: 'error',
    identifier: 0xabcd,
    sequence: 0x1234,
    token,
    from: '198.18.7.7',
    meaning: 'host unreachable',
  });
});

test('an error that quotes eight bytes only, as RFC 792 demands, has no token', () => {
  const quoted = ipv4(request()).subarray(0, 28);
  const echo = readEcho(ipv4(error(ICMP_TIME_EXCEEDED, 0, quoted)));
  assert.equal(echo?.kind, 'error');
  assert.equal(echo?.token, undefined);
  assert.equal(echo?.sequence, 0x1234);
});

test('other ICMP, other protocols and fragments of replies are nothing', () => {
  assert.equal(readEcho(ipv4(request())), undefined);
  assert.equal(readEcho(ipv4(error(ICMP_DEST_UNREACH, 3, ipv4(reply())))), undefined);
  assert.equal(readEcho(ipv4(reply()).subarray(0, 20 + 8 + TOKEN - 1)), undefined);
  const udp = ipv4(reply());
  udp[9] = 17;
  assert.equal(readEcho(udp), undefined);
  const ipv6 = ipv4(reply());
  ipv6[0] = 0x65;
  assert.equal(readEcho(ipv6), undefined);
});

test('arbitrary bytes never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 128 }), (bytes) => void readEcho(bytes)));
  const flipped = fc.tuple(fc.nat(83), fc.nat(255), fc.nat(84));
  fc.assert(
    fc.property(flipped, ([at, value, length]) => {
      const packet = ipv4(error(ICMP_DEST_UNREACH, 1, ipv4(request())));
      packet[at] = value;
      readEcho(packet.subarray(0, length));
    }),
  );
});
