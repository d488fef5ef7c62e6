import assert from 'node:assert/strict';
import { test } from 'node:test';
import { netlinkAddress } from '../../src/native/sockaddr.ts';
import { fromKernel } from '../../src/netlink/transport.ts';

const datagram = {
  data: Uint8Array.of(1, 2, 3),
  length: 3,
  flags: 0,
  receivedAt: 0,
  address: netlinkAddress(),
};

function handedOn(changes: Partial<typeof datagram>): Uint8Array[] {
  const taken: Uint8Array[] = [];
  fromKernel({ ...datagram, ...changes }, (data) => taken.push(data));
  return taken;
}

test('what comes from the kernel is handed on', () => {
  assert.deepEqual(handedOn({}), [datagram.data]);
});

test('what comes from another process is passed over, whole or not', () => {
  const address = netlinkAddress();
  address[4] = 1; // nl_pid
  assert.deepEqual(handedOn({ address }), []);
  assert.deepEqual(handedOn({ address, length: 9 }), []);
});

test('a datagram that was cut is an error', () => {
  assert.throws(() => handedOn({ length: 40_000 }), {
    code: 'EMSGSIZE',
    message: 'receive: EMSGSIZE: a datagram of 40000 bytes was cut to 3',
  });
});
