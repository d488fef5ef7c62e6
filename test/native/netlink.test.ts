import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SO_RCVBUF, SOCK_RAW, SOL_SOCKET, Socket } from '../../src/native.ts';
import { AF_NETLINK, netlinkAddress } from '../../src/native/sockaddr.ts';

const NETLINK_ROUTE = 0;
const RTM_NEWLINK = 16;

/** RTM_GETLINK for the loopback interface; struct nlmsghdr, struct ifinfomsg. */
function request(sequence: number): Uint8Array {
  const message = Buffer.alloc(32);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(18, 4);
  message.writeUInt16LE(1, 6); // NLM_F_REQUEST
  message.writeUInt32LE(sequence, 8);
  message.writeInt32LE(1, 20); // interface
  return message;
}

test('an overrun is told once, what was queued before it arrives, and the socket works on', async (t) => {
  const socket = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  t.after(() => socket.close());
  socket.bind(netlinkAddress());
  socket.setOption(SOL_SOCKET, SO_RCVBUF, 10_000);
  for (let sequence = 1; sequence <= 100; sequence++) socket.send(request(sequence), netlinkAddress());

  const failing = await new Promise<boolean>((resolve) => {
    socket.watch((failing) => {
      socket.unwatch();
      resolve(failing);
    });
  });
  assert.equal(failing, true);
  assert.throws(() => socket.receive(() => assert.fail()), { code: 'ENOBUFS' });

  const sequences: number[] = [];
  const note = ({ data }: { data: Uint8Array }) => sequences.push(Buffer.from(data).readUInt32LE(8));
  while (socket.receive(note) > 0);
  assert.ok(sequences.length > 0 && sequences.length < 100);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
  );

  socket.send(request(1000), netlinkAddress());
  assert.equal(
    socket.receive(({ data, address }) => {
      assert.equal(Buffer.from(data).readUInt16LE(4), RTM_NEWLINK);
      assert.equal(Buffer.from(data).readUInt32LE(8), 1000);
      assert.deepEqual(address, netlinkAddress());
    }),
    1,
  );
});
