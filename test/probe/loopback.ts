/* Run by echo-socket.test.ts in a namespace where the addresses below belong to the loopback interface. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { monotonic, SOCK_RAW, Socket } from '../../src/native.ts';
import { AF_INET, inetAddress } from '../../src/native/sockaddr.ts';
import { EchoSocket } from '../../src/probe/echo-socket.ts';
import { echoFilter } from '../../src/probe/filter.ts';
import {
  ECHO_REQUEST,
  type EchoError,
  type EchoReply,
  ICMP_DEST_UNREACH,
  ICMP_TIME_EXCEEDED,
  writeEchoRequest,
} from '../../src/probe/icmp.ts';

const IPPROTO_ICMP = 1;
const path = { device: 'lo', index: 1, source: '198.18.0.1', mark: 1 };
const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** An ICMP message with 64 bytes in the manner of an echo request, of another type. */
function message(type: number, identifier: number): Uint8Array {
  const packet = new Uint8Array(ECHO_REQUEST);
  writeEchoRequest(packet, 0, identifier, 1, token);
  packet[0] = type;
  return packet;
}

/** An ICMP error that quotes a packet of `protocol` with an IP header of `words` words. */
function error(type: number, quoted: Uint8Array, { protocol = IPPROTO_ICMP, words = 5 } = {}): Uint8Array {
  const header = new Uint8Array(words * 4);
  header[0] = 0x40 + words;
  header[9] = protocol;
  return Uint8Array.of(type, 1, 0, 0, 0, 0, 0, 0, ...header, ...quoted);
}

function rawSocket(context: TestContext): Socket {
  const socket = new Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  context.after(() => socket.close());
  return socket;
}

test('the filter passes what is about its identifier, and nothing else', (context) => {
  const receiver = rawSocket(context);
  receiver.attachFilter(echoFilter(7));
  const sender = rawSocket(context);
  const request = message(8, 7);
  const wanted = [
    message(0, 7),
    error(ICMP_DEST_UNREACH, request),
    error(ICMP_TIME_EXCEEDED, request, { words: 8 }),
  ];
  const unwanted = [
    message(0, 8),
    message(13, 7),
    error(ICMP_DEST_UNREACH, message(8, 6)),
    error(ICMP_DEST_UNREACH, message(0, 7)),
    error(5, request),
    error(ICMP_DEST_UNREACH, new Uint8Array(0)),
    Uint8Array.of(0, 0, 0, 0, 0),
  ];
  for (const packet of [...unwanted, ...wanted]) sender.send(packet, inetAddress('198.18.0.1'));
  const received: Uint8Array[] = [];
  while (receiver.receive(({ data }) => received.push(data.slice(20))) > 0);
  assert.deepEqual(received, wanted);
});

function opened(context: TestContext) {
  const echoes: { echo: EchoReply | EchoError; receivedAt: number }[] = [];
  let notify = () => {};
  const socket = new EchoSocket(path, (echo, receivedAt) => {
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

test('replies come back with their sequence, token and the kernel’s stamp', async (context) => {
  const { socket, echoes, arrived } = opened(context);
  const requests = [1, 2, 3].map((sequence) => ({ target: '198.18.0.2', sequence, token }));
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
  const { socket, echoes } = opened(context);
  socket.send([{ target: '198.18.0.2', sequence: 9, token }]);
  assert.equal(echoes.length, 0);
  socket.drain();
  assert.equal(echoes.length, 1);
});

test('two sockets on one interface do not hear each other’s replies', (context) => {
  const one = opened(context);
  const other = opened(context);
  one.socket.send([{ target: '198.18.0.2', sequence: 1, token }]);
  one.socket.drain();
  other.socket.drain();
  assert.deepEqual([one.echoes.length, other.echoes.length], [1, 0]);
});

test('a batch tells how far it came, and why it ended there', (context) => {
  const { socket, echoes } = opened(context);
  const targets = ['198.18.0.2', '198.18.0.1', '255.255.255.255', '198.18.0.2'];
  const { sent, error: refusal } = socket.send(
    targets.map((target, sequence) => ({ target, sequence, token })),
  );
  assert.equal(sent.length, 2);
  assert.equal(refusal?.code, 'EACCES');
  socket.drain();
  assert.equal(echoes.length, 2);
});

test('an address or an interface that is not there is refused with its code', () => {
  assert.throws(() => new EchoSocket({ ...path, source: '198.18.7.7' }, () => {}), { code: 'EADDRNOTAVAIL' });
  assert.throws(() => new EchoSocket({ ...path, device: 'eth9' }, () => {}), { code: 'ENODEV' });
});
