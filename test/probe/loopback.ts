/* Run by echo-socket.test.ts in a namespace where the addresses below belong to the loopback interface. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { monotonic, SOCK_RAW, Socket } from '../../src/native.ts';
import { inetAddress } from '../../src/native/sockaddr.ts';
import { FAMILIES, type Family } from '../../src/network/address.ts';
import { ECHO_PROTOCOLS } from '../../src/probe/echo-protocol.ts';
import { EchoSocket } from '../../src/probe/echo-socket.ts';
import {
  ECHO_REQUEST,
  type EchoError,
  type EchoReply,
  ICMP_DEST_UNREACH,
  ICMP_TIME_EXCEEDED,
  writeEchoRequest,
} from '../../src/probe/icmp.ts';
import {
  ICMPV6_DEST_UNREACH,
  ICMPV6_ECHO_REPLY,
  ICMPV6_PARAMPROB,
  ICMPV6_PKT_TOOBIG,
  ICMPV6_TIME_EXCEED,
} from '../../src/probe/icmp6.ts';

const device = { device: 'lo', index: 1, mark: 1 };
const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Who asks and who answers, an address that is nobody's here, and one to which no request is let. */
const hosts = {
  4: { self: '198.18.0.1', target: '198.18.0.2', nobody: '198.18.7.7', refused: '255.255.255.255' },
  6: { self: '2001:db8::1', target: '2001:db8::2', nobody: '2001:db8::7', refused: '2001:db8:ffff::1' },
} as const;

/** Why no request is let there: broadcasts are for who asks for them, and beyond the loopback there is no route. */
const REFUSALS = { 4: 'EACCES', 6: 'ENETUNREACH' } as const;

/** A message of an echo kind with 64 bytes, of another type, and without the checksum that IPv6's kernel writes. */
function message(type: number, identifier: number): Uint8Array {
  const packet = new Uint8Array(ECHO_REQUEST);
  writeEchoRequest(packet, 0, identifier, 1, token);
  packet[0] = type;
  return packet;
}

interface Quotation {
  readonly protocol?: number;
  /** Length of the IPv4 header. */
  readonly words?: number;
}

/** An error that quotes a packet of `protocol`. */
function error(family: Family, type: number, quoted: Uint8Array, quotation: Quotation = {}): Uint8Array {
  const { protocol = ECHO_PROTOCOLS[family].number, words = 5 } = quotation;
  const header = new Uint8Array(family === 4 ? words * 4 : 40);
  header[0] = family === 4 ? 0x40 + words : 0x60;
  header[family === 4 ? 9 : 6] = protocol;
  return Uint8Array.of(type, 1, 0, 0, 0, 0, 0, 0, ...header, ...quoted);
}

/** What passes the filter of identifier 7, of messages that are sent to this host. */
function passed(context: TestContext, family: Family, packets: readonly Uint8Array[]): Uint8Array[] {
  const protocol = ECHO_PROTOCOLS[family];
  const open = () => {
    const socket = new Socket(protocol.domain, SOCK_RAW, protocol.number);
    context.after(() => socket.close());
    return socket;
  };
  const [receiver, sender] = [open(), open()];
  receiver.attachFilter(protocol.filter(7));
  for (const packet of packets) sender.send(packet, inetAddress(hosts[family].self));
  const received: Uint8Array[] = [];
  // IPv4 comes with its header.
  while (receiver.receive(({ data }) => received.push(data.slice(family === 4 ? 20 : 0))) > 0);
  return received;
}

test('the filter passes what is about its identifier, and nothing else', (context) => {
  const request = message(8, 7);
  const wanted = [
    message(0, 7),
    error(4, ICMP_DEST_UNREACH, request),
    error(4, ICMP_TIME_EXCEEDED, request, { words: 8 }),
  ];
  const unwanted = [
    message(0, 8),
    message(13, 7),
    error(4, ICMP_DEST_UNREACH, message(8, 6)),
    error(4, ICMP_DEST_UNREACH, message(0, 7)),
    error(4, 5, request),
    error(4, ICMP_DEST_UNREACH, new Uint8Array(0)),
    Uint8Array.of(0, 0, 0, 0, 0),
  ];
  assert.deepEqual(passed(context, 4, [...unwanted, ...wanted]), wanted);
});

test('so does that of IPv6', (context) => {
  const request = message(128, 7);
  const errors = [ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_TIME_EXCEED, ICMPV6_PARAMPROB];
  const wanted = [message(ICMPV6_ECHO_REPLY, 7), ...errors.map((type) => error(6, type, request))];
  const unwanted = [
    message(ICMPV6_ECHO_REPLY, 8),
    message(0, 7),
    message(200, 7),
    error(6, ICMPV6_DEST_UNREACH, message(128, 6)),
    error(6, ICMPV6_DEST_UNREACH, message(ICMPV6_ECHO_REPLY, 7)),
    error(6, ICMPV6_DEST_UNREACH, request, { protocol: 17 }),
    error(6, 5, request),
    error(6, ICMPV6_DEST_UNREACH, new Uint8Array(0)),
    Uint8Array.of(ICMPV6_ECHO_REPLY, 0, 0, 0, 0),
  ];
  const withoutChecksum = (packet: Uint8Array) => packet.fill(0, 2, 4);
  assert.deepEqual(
    passed(context, 6, [...unwanted, ...wanted]).map(withoutChecksum),
    wanted.map(withoutChecksum),
  );
});

function opened(context: TestContext, source: string) {
  const echoes: { echo: EchoReply | EchoError; receivedAt: number }[] = [];
  let notify = () => {};
  const socket = new EchoSocket({ ...device, source }, (echo, receivedAt) => {
    echoes.push({ echo: structuredClone(echo), receivedAt });
    notify();
  });
  context.after(() => socket.close());
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      notify = () => void (echoes.length >= count && resolve());
      notify();
    });
  return { socket, echoes, arrived };
}

for (const family of FAMILIES) {
  const { self, target, nobody, refused } = hosts[family];
  describe(`over IPv${family}`, () => {
    test('replies come back with their sequence, token and the kernel’s stamp', async (context) => {
      const { socket, echoes, arrived } = opened(context, self);
      const requests = [1, 2, 3].map((sequence) => ({ target, sequence, token }));
      const { sent, error: refusal } = socket.send(requests);
      assert.equal(refusal, undefined);
      await arrived(3);
      assert.deepEqual(
        echoes.map(({ echo }) => echo.sequence),
        [1, 2, 3],
      );
      assert.ok(echoes.every(({ echo }) => Buffer.from(token).equals(echo.token ?? new Uint8Array())));
      const [first = 0] = sent;
      for (const { receivedAt } of echoes) assert.ok(receivedAt >= first && receivedAt <= monotonic());
    });

    test('replies can be fetched without the event loop', (context) => {
      const { socket, echoes } = opened(context, self);
      socket.send([{ target, sequence: 9, token }]);
      assert.equal(echoes.length, 0);
      socket.drain();
      assert.equal(echoes.length, 1);
    });

    test('two sockets on one interface do not hear each other’s replies', (context) => {
      const one = opened(context, self);
      const other = opened(context, self);
      one.socket.send([{ target, sequence: 1, token }]);
      one.socket.drain();
      other.socket.drain();
      assert.deepEqual([one.echoes.length, other.echoes.length], [1, 0]);
    });

    test('a batch tells how far it came, and why it ended there', (context) => {
      const { socket, echoes } = opened(context, self);
      const targets = [target, self, refused, target];
      const { sent, error: refusal } = socket.send(
        targets.map((to, sequence) => ({ target: to, sequence, token })),
      );
      assert.equal(sent.length, 2);
      assert.equal(refusal?.code, REFUSALS[family]);
      socket.drain();
      assert.equal(echoes.length, 2);
    });

    test('an address or an interface that is not there is refused with its code', () => {
      const open = (path: object) => () => new EchoSocket({ ...device, source: self, ...path }, () => {});
      assert.throws(open({ source: nobody }), { code: 'EADDRNOTAVAIL' });
      assert.throws(open({ device: 'eth9' }), { code: 'ENODEV' });
    });
  });
}
