import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Acknowledgement,
  NLMSG_DONE,
  readDone,
  readError,
  readMessages,
  writeMessage,
} from '../../src/netlink/message.ts';
import { bytesOf } from './golden/golden.ts';

/**
 * Captured like the payloads of golden/, with `strace -e trace=recvmsg -e read=3` before the command. `ip`
 * does not set NETLINK_CAP_ACK.
 */
const answers: readonly (readonly [command: string, message: readonly string[], Acknowledgement])[] = [
  [
    'ip rule add priority 100 lookup 1001',
    ['2400000002000001f276036be9250000', '00000000', '2c00000020000506f276036b00000000'],
    { errno: 0 },
  ],
  [
    'ip route replace default via 198.19.0.1 dev eth1 table 1001',
    [
      '6800000002000002f276036bc9250000', // NLM_F_ACK_TLVS
      '9bffffff', // -ENETUNREACH
      '3400000018000505f276036b00000000', // the request, of which the kernel returns all
      '020000000003000100000000',
      '08000500c6130001',
      '08000f00e9030000',
      '080004000b000000',
      '200001004e657874686f702068617320696e76616c6964206761746577617900', // NLMSGERR_ATTR_MSG
    ],
    { errno: 101, kernelText: 'Nexthop has invalid gateway' },
  ],
  [
    'ip rule del priority 100',
    [
      '3800000002000000f276036b19260000', // without attributes
      'feffffff',
      '2400000021000500f276036b00000000',
      '020000000000000000000000',
      '0800060064000000',
    ],
    { errno: 2 },
  ],
  [
    'ip route show table 1002',
    [
      '3800000003002202f276036bd9250000',
      'feffffff',
      '23000100697076343a20464942207461626c6520646f6573206e6f742065786973740000',
    ],
    { errno: 2, kernelText: 'ipv4: FIB table does not exist' },
  ],
  ['ip rule show', ['1400000003000200f276036be5220000', '00000000'], { errno: 0 }],
];

for (const [command, lines, acknowledgement] of answers) {
  test(`${command}: how the kernel ends it`, () => {
    const [message, ...others] = readMessages(bytesOf(lines));
    assert.ok(message);
    assert.deepEqual(others, []);
    const read = message.type === NLMSG_DONE ? readDone : readError;
    assert.deepEqual(read(message), acknowledgement);
  });
}

test('a capped error has its attributes behind the header of the request', () => {
  const message = {
    type: 2,
    flags: 0x300,
    sequence: 7,
    portId: 0,
    payload: bytesOf(['eaffffff', '34000000180005050100000000000000', '0800020024000000']),
  };
  assert.deepEqual(readError(message), { errno: 22, offset: 36 });
});

test('a datagram of several messages', () => {
  const messages = ['', '01', '0102030405'].map((hex, index) => ({
    type: 16 + index,
    flags: index,
    sequence: 0xffff_ffff - index,
    portId: 4_000_000_000 + index,
    payload: bytesOf([hex]),
  }));
  const datagram = messages.flatMap((message) => {
    const bytes = [...writeMessage(message)];
    while (bytes.length % 4 !== 0) bytes.push(0);
    return bytes;
  });
  assert.deepEqual([...readMessages(Uint8Array.from(datagram))], messages);
});

for (const [what, length] of [
  ['no length', 0],
  ['less than a header', 15],
  ['more than the datagram', 17],
] as const) {
  test(`a message that claims ${what} is an error`, () => {
    const datagram = writeMessage({ type: 16, flags: 0, sequence: 0, portId: 0, payload: new Uint8Array() });
    datagram[0] = length;
    assert.throws(() => [...readMessages(datagram)], { name: 'NetlinkError', code: 'EBADMSG' });
  });
}
