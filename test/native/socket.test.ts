import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type Datagram,
  MSG_TRUNC,
  monotonic,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOL_SOCKET,
  Socket,
} from '../../src/native.ts';
import { assemble, DROP, LOAD_BYTE, PASS } from '../../src/native/bpf.ts';
import { AF_UNIX, unixAddress } from '../../src/native/sockaddr.ts';
import { SystemError } from '../../src/native/system-error.ts';

const unexpected = () => assert.fail('called');

let names = 0;

/** A UNIX datagram socket that is closed after the test, and an abstract address that it is bound to. */
function unixSocket(t: TestContext, shape?: { slots: number; slotSize: number }) {
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0, shape);
  t.after(() => socket.close());
  const address = unixAddress(`@native-test-${process.pid}-${++names}`);
  socket.bind(address);
  return { socket, address };
}

/** Copies of one batch. */
function receiveAll(socket: Socket): Datagram[] {
  const received: Datagram[] = [];
  socket.receive((datagram) =>
    received.push({ ...datagram, data: datagram.data.slice(), address: datagram.address.slice() }),
  );
  return received;
}

test('a datagram arrives whole, with its sender and the time', (t) => {
  const [sender, receiver] = [unixSocket(t), unixSocket(t)];
  const before = monotonic();
  sender.socket.send(Uint8Array.of(1, 2, 3), receiver.address);
  const [datagram, ...others] = receiveAll(receiver.socket);
  assert.equal(others.length, 0);
  assert.ok(datagram);
  const { receivedAt, ...rest } = datagram;
  assert.deepEqual(rest, { data: Uint8Array.of(1, 2, 3), length: 3, flags: 0, address: sender.address });
  assert.ok(before <= receivedAt && receivedAt <= monotonic());
});

test('a path serves as an address, and connect as a destination', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'native-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const [sender, receiver] = [unixSocket(t), new Socket(AF_UNIX, SOCK_DGRAM, 0)];
  t.after(() => receiver.close());
  const address = unixAddress(join(directory, 'socket'));
  receiver.bind(address);
  sender.socket.connect(address);
  sender.socket.send(Uint8Array.of(7));
  assert.deepEqual(receiveAll(receiver)[0]?.data, Uint8Array.of(7));
  assert.deepEqual(receiver.localAddress(), address);
});

test('nothing to receive is no error', (t) => {
  assert.equal(unixSocket(t).socket.receive(unexpected), 0);
});

test('a truncated datagram tells its whole length', (t) => {
  const receiver = unixSocket(t, { slots: 2, slotSize: 4 });
  receiver.socket.send(Uint8Array.of(1, 2, 3, 4, 5, 6), receiver.address);
  const [datagram] = receiveAll(receiver.socket);
  assert.deepEqual(datagram?.data, Uint8Array.of(1, 2, 3, 4));
  assert.equal(datagram?.length, 6);
  assert.equal(datagram?.flags, MSG_TRUNC);
});

test('a batch goes out until the kernel refuses, and comes in oldest first', (t) => {
  const receiver = unixSocket(t);
  const total = 2000; // more than net.unix.max_dgram_qlen and more than a system call takes
  const packets = new Uint8Array(new Uint32Array(total).map((_, index) => index).buffer);
  const addresses = Buffer.concat(Array<Uint8Array>(total).fill(receiver.address));
  const sentAt = new Float64Array(total);

  const before = monotonic();
  const sent = receiver.socket.sendBatch(packets, 4, addresses, receiver.address.length, sentAt);
  assert.ok(sent > 0 && sent < total);
  assert.equal(receiver.socket.sendBatch(packets, 4, addresses, receiver.address.length, sentAt), -11); // EAGAIN
  assert.ok(sentAt.subarray(0, sent).every((time, index) => time >= (sentAt[index - 1] ?? before)));
  assert.ok(sentAt.subarray(sent).every((time) => time === 0));

  const received: number[] = [];
  while (receiver.socket.receive(({ data }) => received.push(data[0]! + data[1]! * 256)) > 0);
  assert.deepEqual(
    received,
    Array.from({ length: sent }, (_, index) => index),
  );
});

test('a filter forgets what it does not pass', (t) => {
  const receiver = unixSocket(t);
  receiver.socket.attachFilter(
    assemble([{ operation: LOAD_BYTE }, { equals: 2, to: PASS, otherwise: DROP }]),
  );
  for (const byte of [1, 2, 3]) receiver.socket.send(Uint8Array.of(byte), receiver.address);
  assert.deepEqual(
    receiveAll(receiver.socket).map(({ data }) => data[0]),
    [2],
  );
});

test('options are set and read', (t) => {
  const { socket } = unixSocket(t);
  socket.setOption(SOL_SOCKET, SO_RCVBUF, 20_000);
  assert.equal(Buffer.from(socket.getOption(SOL_SOCKET, SO_RCVBUF)).readInt32LE(), 40_000); // socket(7): the kernel doubles it
  socket.setOption(SOL_SOCKET, SO_RCVBUF, new Uint8Array(Int32Array.of(30_000).buffer));
  assert.equal(Buffer.from(socket.getOption(SOL_SOCKET, SO_RCVBUF)).readInt32LE(), 60_000);
});

test('what the kernel refuses throws with the call and the code', (t) => {
  const { socket, address } = unixSocket(t);
  const refusals: [() => void, string][] = [
    [() => new Socket(99, SOCK_DGRAM, 0), 'socket EAFNOSUPPORT: address family not supported'],
    [() => socket.bind(address), 'bind EINVAL: invalid argument'],
    [() => socket.connect(unixAddress('@nobody')), 'connect ECONNREFUSED: connection refused'],
    [
      () => socket.send(Uint8Array.of(1), unixAddress('@nobody')),
      'sendmmsg ECONNREFUSED: connection refused',
    ],
    [() => socket.setOption(SOL_SOCKET, 9999, 1), 'setsockopt ENOPROTOOPT: protocol not available'],
    [() => socket.getOption(SOL_SOCKET, 9999), 'getsockopt ENOPROTOOPT: protocol not available'],
    [() => socket.attachFilter(new Uint8Array(8)), 'setsockopt EINVAL: invalid argument'],
  ];
  for (const [call, message] of refusals) {
    assert.throws(
      call,
      (error) => error instanceof SystemError && error.message === message && error.errno > 0,
      message,
    );
  }
});

test('readiness is told again until everything was received', async (t) => {
  const receiver = unixSocket(t, { slots: 1, slotSize: 8 });
  for (const byte of [1, 2, 3]) receiver.socket.send(Uint8Array.of(byte), receiver.address);
  const received = await new Promise<number[]>((resolve) => {
    const bytes: number[] = [];
    receiver.socket.watch((failing) => {
      assert.equal(failing, false);
      receiver.socket.receive(({ data }) => bytes.push(data[0]!));
      if (bytes.length === 3) resolve(bytes);
    });
  });
  assert.deepEqual(received, [1, 2, 3]);
});

test('watch replaces its callback, unwatch ends it', async (t) => {
  const receiver = unixSocket(t);
  const other = unixSocket(t);
  receiver.socket.watch(unexpected);
  const ready = new Promise<void>((resolve) => {
    receiver.socket.watch(() => {
      receiver.socket.unwatch();
      other.socket.send(Uint8Array.of(1), other.address); // the loop would see the first socket again together with the other one
    });
    other.socket.watch(() => resolve());
  });
  receiver.socket.send(Uint8Array.of(1), receiver.address);
  await ready;
  assert.equal(receiveAll(receiver.socket).length, 1);
});

test('a closed socket has no descriptor, and refuses everything but to be closed', (t) => {
  const { socket, address } = unixSocket(t);
  assert.ok(socket.fd > 2);
  socket.close();
  socket.close();
  assert.equal(socket.fd, -1);
  const calls = [
    () => socket.receive(unexpected),
    () => socket.send(Uint8Array.of(1), address),
    () => socket.setOption(SOL_SOCKET, SO_RCVBUF, 1),
    () => socket.getOption(SOL_SOCKET, SO_RCVBUF),
    () => socket.attachFilter(new Uint8Array(8)),
    () => socket.bind(address),
    () => socket.connect(address),
    () => socket.localAddress(),
    () => socket.watch(unexpected),
    () => socket.unwatch(),
    () => socket.ref(),
    () => socket.unref(),
    () => socket.release(),
  ];
  for (const call of calls) assert.throws(call, { code: 'ERR_SOCKET_CLOSED' });
});
