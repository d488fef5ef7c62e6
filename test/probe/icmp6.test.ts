import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { inetAddress } from '../../src/native/sockaddr.ts';
import { addressBytes, addressText } from '../../src/network/address.ts';
import { ECHO_REQUEST, TOKEN, writeEchoRequest } from '../../src/probe/icmp.ts';
import {
  ICMPV6_DEST_UNREACH,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  ICMPV6_PARAMPROB,
  ICMPV6_PKT_TOOBIG,
  ICMPV6_TIME_EXCEED,
  IPPROTO_ICMPV6,
  IPV6_HEADER,
  readEcho6,
  sender6,
} from '../../src/probe/icmp6.ts';

const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const router = '2001:db8:7::7';

/** Of the echo kinds; without a checksum, which the kernel writes and proves. */
function echo(type: number, identifier = 0xabcd, sequence = 0x1234): Uint8Array {
  const message = new Uint8Array(ECHO_REQUEST);
  writeEchoRequest(message, 0, identifier, sequence, token);
  message.set([type, 0, 0, 0]);
  return message;
}

const request = echo(ICMPV6_ECHO_REQUEST);
const reply = echo(ICMPV6_ECHO_REPLY);

/** An IPv6 packet around an ICMPv6 message, as an error quotes it. */
function ipv6(payload: Uint8Array, nextHeader = IPPROTO_ICMPV6): Uint8Array {
  const packet = new Uint8Array(IPV6_HEADER + payload.length);
  packet.set([0x60, 0, 0, 0, 0, payload.length, nextHeader, 64]);
  packet.set(addressBytes('2001:db8:1::2'), 8);
  packet.set(addressBytes('2001:db8:ffff::1'), 24);
  packet.set(payload, IPV6_HEADER);
  return packet;
}

function error(type: number, code: number, quoted: Uint8Array): Uint8Array {
  return Uint8Array.of(type, code, 0, 0, 0, 0, 0, 0, ...quoted);
}

test('a reply is read', () => {
  assert.deepEqual(readEcho6(reply, router), {
    kind: 'reply',
    identifier: 0xabcd,
    sequence: 0x1234,
    token,
  });
});

describe('an error says', () => {
  for (const [type, code, meaning] of [
    [ICMPV6_DEST_UNREACH, 0, 'no route to destination'],
    [ICMPV6_DEST_UNREACH, 1, 'communication prohibited'],
    [ICMPV6_DEST_UNREACH, 2, 'beyond scope of source address'],
    [ICMPV6_DEST_UNREACH, 3, 'address unreachable'],
    [ICMPV6_DEST_UNREACH, 4, 'port unreachable'],
    [ICMPV6_DEST_UNREACH, 5, 'source address prohibited'],
    [ICMPV6_DEST_UNREACH, 6, 'route rejected'],
    [ICMPV6_DEST_UNREACH, 7, 'unreachable (code 7)'],
    [ICMPV6_PKT_TOOBIG, 0, 'packet too big'],
    [ICMPV6_TIME_EXCEED, 0, 'hop limit exceeded'],
    [ICMPV6_PARAMPROB, 1, 'parameter problem'],
  ] as const) {
    test(`${meaning} (type ${type}, code ${code}), who says it and what it is about`, () =>
      assert.deepEqual(readEcho6(error(type, code, ipv6(request)), router), {
        kind: 'error',
        identifier: 0xabcd,
        sequence: 0x1234,
        token,
        from: router,
        meaning,
      }));
  }
});

test('an error that quotes too little for a token is still about its request', () => {
  const whole = error(ICMPV6_TIME_EXCEED, 0, ipv6(request));
  const head = whole.subarray(0, 8 + IPV6_HEADER + 8);
  for (const message of [head, whole.subarray(0, head.length + TOKEN - 1)]) {
    const read = readEcho6(message, router);
    assert.equal(read?.kind, 'error');
    assert.equal(read.token, undefined);
    assert.equal(read.sequence, 0x1234);
  }
  assert.equal(readEcho6(head.subarray(0, -1), router), undefined);
});

test('what is neither a reply nor an error about a request is nothing', () => {
  const unreachable = (quoted: Uint8Array) => error(ICMPV6_DEST_UNREACH, 3, quoted);
  const others = {
    'a request': request,
    'a truncated reply': reply.subarray(0, 8 + TOKEN - 1),
    'an error about a reply': unreachable(ipv6(reply)),
    'an error about UDP': unreachable(ipv6(request, 17)),
    'an error about IPv4': unreachable(ipv6(request, 1)),
    'an error about a packet with extension headers, which ours have not': unreachable(ipv6(request, 44)),
    'an error of a type that RFC 4443 keeps for later': error(100, 0, ipv6(request)),
    'a router advertisement that goes on as an error would': error(134, 0, ipv6(request)),
    nothing: new Uint8Array(0),
  };
  for (const [what, message] of Object.entries(others))
    assert.equal(readEcho6(message, router), undefined, what);
});

test('the sender is the address of the socket address, whatever its port', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, fc.nat(0xffff), (address, port) => {
      const text = addressText(address);
      assert.equal(sender6(inetAddress(text, port)), text);
    }),
  );
});

test('every reply and every error comes back as it was made', () => {
  const bits = fc.nat(0xffff);
  const type = fc.constantFrom(ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_TIME_EXCEED, ICMPV6_PARAMPROB);
  fc.assert(
    fc.property(bits, bits, type, fc.nat(255), (identifier, sequence, kind, code) => {
      const about = { identifier, sequence, token };
      assert.deepEqual(readEcho6(echo(ICMPV6_ECHO_REPLY, identifier, sequence), router), {
        kind: 'reply',
        ...about,
      });
      const quoted = ipv6(echo(ICMPV6_ECHO_REQUEST, identifier, sequence));
      const { meaning, ...read } = { meaning: '', ...readEcho6(error(kind, code, quoted), router) };
      assert.deepEqual(read, { kind: 'error', ...about, from: router });
      assert.notEqual(meaning, '');
    }),
  );
});

test('arbitrary bytes never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 160 }), (bytes) => void readEcho6(bytes, router)));
  const whole = error(ICMPV6_DEST_UNREACH, 3, ipv6(request));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
      const message = Uint8Array.from(whole);
      message[at] = value;
      readEcho6(message.subarray(0, length), router);
    }),
  );
});
