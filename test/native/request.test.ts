import assert from 'node:assert/strict';
import { test } from 'node:test';
import { netlinkRequest } from '../../src/native.ts';

const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLM_F_REQUEST_ACK = 5;

/** An RTM_GETLINK for an interface; struct nlmsghdr, struct ifinfomsg. */
function getLink(ifindex: number, flags: number): Uint8Array {
  const message = Buffer.alloc(32);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(18, 4);
  message.writeUInt16LE(flags, 6);
  message.writeUInt32LE(7, 8); // sequence
  message.writeInt32LE(ifindex, 20);
  return message;
}

test('a request is answered, whatever becomes of its bytes in the meantime', async () => {
  const message = getLink(1, 1);
  const answer = netlinkRequest(NETLINK_ROUTE, message);
  message.fill(0xff);
  const bytes = Buffer.from(await answer);
  assert.equal(bytes.readUInt16LE(4), 16, 'RTM_NEWLINK');
  assert.equal(bytes.readUInt32LE(8), 7);
  assert.ok(bytes.includes('lo\0'));
});

test('many requests are under way at once', async () => {
  const all = Array.from({ length: 50 }, () => netlinkRequest(NETLINK_ROUTE, getLink(1, 1)));
  const lengths = new Set((await Promise.all(all)).map(({ length }) => length));
  assert.equal(lengths.size, 1);
});

test("the kernel's refusal is an answer, too", async () => {
  const answer = Buffer.from(await netlinkRequest(NETLINK_ROUTE, getLink(0x7fff_ffff, NLM_F_REQUEST_ACK)));
  assert.equal(answer.readUInt16LE(4), NLMSG_ERROR);
  assert.equal(answer.readInt32LE(16), -19, 'ENODEV');
});

test('what the system refuses is an error', async () => {
  await assert.rejects(netlinkRequest(31, getLink(1, 1)), { code: 'EPROTONOSUPPORT', syscall: 'netlink' });
  await assert.rejects(netlinkRequest(NETLINK_ROUTE, new Uint8Array(300_000)), { code: 'EMSGSIZE' });
});

test('wrong arguments throw', async () => {
  await assert.rejects(netlinkRequest(-1, getLink(1, 1)), { code: 'ERR_OUT_OF_RANGE' });
  await assert.rejects(netlinkRequest(0, 'text' as unknown as Uint8Array), { code: 'ERR_INVALID_ARG_TYPE' });
});
