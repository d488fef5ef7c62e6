/* Run by loopback.test.ts in a namespace where the addresses below belong to the loopback interface. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type Datagram,
  IP_RECVERR,
  IPV6_RECVERR,
  MSG_ERRQUEUE,
  monotonic,
  SO_TIMESTAMPNS,
  SOCK_DGRAM,
  SOL_IP,
  SOL_IPV6,
  SOL_SOCKET,
  Socket,
} from '../../src/native.ts';
import { AF_INET, AF_INET6, inetAddress } from '../../src/native/sockaddr.ts';

const IPV4 = '198.18.0.1';
const IPV6 = '2001:db8::1';
const CLOSED_PORT = 9;
const ECONNREFUSED = 111;

/** A UDP socket that is closed after the test, and the address that it is bound to. */
function udpSocket(t: TestContext, address: string) {
  const socket = new Socket(address === IPV4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
  t.after(() => socket.close());
  socket.bind(inetAddress(address));
  return { socket, address: socket.localAddress() };
}

/** The same with an error queue. */
function complainingSocket(t: TestContext, address: string) {
  const { socket } = udpSocket(t, address);
  if (address === IPV4) socket.setOption(SOL_IP, IP_RECVERR, 1);
  else socket.setOption(SOL_IPV6, IPV6_RECVERR, 1);
  return socket;
}

function receiveAll(socket: Socket, flags?: number): Datagram[] {
  const received: Datagram[] = [];
  socket.receive(
    (datagram) =>
      received.push({ ...datagram, data: datagram.data.slice(), address: datagram.address.slice() }),
    flags,
  );
  return received;
}

for (const address of [IPV4, IPV6]) {
  test(`batches arrive with their sender, ${address}`, (t) => {
    const [sender, receiver] = [udpSocket(t, address), udpSocket(t, address)];
    const packets = Uint8Array.from({ length: 100 }, (_, index) => index); // two system calls
    const addresses = Buffer.concat(Array<Uint8Array>(100).fill(receiver.address));
    assert.equal(
      sender.socket.sendBatch(packets, 1, addresses, receiver.address.length, new Float64Array(100)),
      100,
    );
    const received = [...receiveAll(receiver.socket), ...receiveAll(receiver.socket)];
    assert.deepEqual(
      received.map(({ data }) => data[0]),
      [...packets],
    );
    for (const datagram of received) assert.deepEqual(datagram.address, sender.address);
  });
}

test('the kernel stamps a packet when it arrives, not when it is received', async (t) => {
  const { socket, address } = udpSocket(t, IPV4);
  socket.setOption(SOL_SOCKET, SO_TIMESTAMPNS, 1);
  // The kernel begins to stamp a moment after the option was first set on the machine.
  for (let attempt = 0; attempt < 1000; attempt++) {
    const before = monotonic();
    socket.send(Uint8Array.of(1), address);
    const after = monotonic();
    while (monotonic() < after + 5); // a busy program
    const receivedAt = receiveAll(socket)[0]?.receivedAt ?? Number.NaN;
    assert.ok(receivedAt > before - 0.1 && receivedAt <= monotonic(), `${before} ${receivedAt}`);
    if (receivedAt < after + 0.1) return;
    await turn();
  }
  assert.fail('no stamp');
});

for (const [address, type, code, origin] of [
  [IPV4, 3, 3, 2], // ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, SO_EE_ORIGIN_ICMP
  [IPV6, 1, 4, 3], // ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, SO_EE_ORIGIN_ICMP6
] as const) {
  test(`the error queue tells who could not deliver what, and why, ${address}`, async (t) => {
    const socket = complainingSocket(t, address);
    const failing = new Promise<boolean>((resolve) => socket.watch(resolve));
    socket.send(Uint8Array.of(1, 2, 3), inetAddress(address, CLOSED_PORT));
    assert.equal(await failing, true);
    const [datagram, ...others] = receiveAll(socket, MSG_ERRQUEUE);
    assert.equal(others.length, 0);
    assert.deepEqual(datagram?.data, Uint8Array.of(1, 2, 3));
    assert.deepEqual(datagram.address, inetAddress(address));
    assert.equal(datagram.flags & MSG_ERRQUEUE, MSG_ERRQUEUE);
    assert.deepEqual(datagram.error, { errno: ECONNREFUSED, origin, type, code, info: 0 });
    assert.equal(socket.receive(assert.ifError), 0);
  });
}

test('an error that a send has met already still wakes, a drained queue is quiet, and packets wake as before', async (t) => {
  const socket = complainingSocket(t, IPV4);
  const nowhere = inetAddress(IPV4, CLOSED_PORT);
  socket.send(Uint8Array.of(1), nowhere);
  assert.throws(() => socket.send(Uint8Array.of(2), nowhere), { code: 'ECONNREFUSED' });
  const wakes: boolean[] = [];
  socket.watch((failing) => {
    wakes.push(failing);
    receiveAll(socket, failing ? MSG_ERRQUEUE : 0);
  });
  for (let turns = 0; turns < 10; turns++) await turn();
  assert.deepEqual(wakes, [true]);
  socket.send(Uint8Array.of(3), socket.localAddress());
  for (let turns = 0; turns < 10; turns++) await turn();
  assert.deepEqual(wakes, [true, false]);
});

test('a pending error is thrown once, and packets behind it are received', (t) => {
  const { socket, address } = udpSocket(t, IPV4);
  socket.connect(inetAddress(IPV4, CLOSED_PORT));
  socket.send(Uint8Array.of(1));
  assert.throws(() => socket.receive(assert.ifError), { code: 'ECONNREFUSED', syscall: 'recvmmsg' });
  assert.equal(socket.receive(assert.ifError), 0);
  socket.connect(address);
  socket.send(Uint8Array.of(2));
  assert.deepEqual(receiveAll(socket)[0]?.data, Uint8Array.of(2));
});
