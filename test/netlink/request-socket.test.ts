import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetlinkError } from '../../src/netlink/error.ts';
import {
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  readMessages,
  writeMessage,
} from '../../src/netlink/message.ts';
import { DUMP_ATTEMPTS, RequestSocket } from '../../src/netlink/request-socket.ts';
import type { Transport } from '../../src/netlink/transport.ts';
import { systemError } from '../../src/native/system-error.ts';

/** What comes at a `receive`: a datagram, a failure of the call, or nothing any more. */
type Arrival = Uint8Array | Error;

/** Takes the kernel's place: `script` tells what arrives for each request. */
class ScriptedPeer implements Transport {
  readonly portId = 4711;
  readonly requests: Message[] = [];
  readonly #script: (request: Message, count: number) => readonly Arrival[];
  #arrivals: Arrival[] = [];

  constructor(script: (request: Message, count: number) => readonly Arrival[]) {
    this.#script = script;
  }

  send(bytes: Uint8Array): void {
    const [request] = readMessages(bytes);
    assert.ok(request);
    this.requests.push(request);
    this.#arrivals.push(...this.#script(request, this.requests.length));
  }

  receive(each: (datagram: Uint8Array) => void): boolean {
    const arrival = this.#arrivals.shift();
    if (arrival === undefined) return false;
    if (arrival instanceof Error) throw arrival;
    each(arrival);
    return true;
  }

  close(): void {
    this.#arrivals = [];
  }
}

const RTM_NEWLINK = 16;
const dump = { operation: 'list links', type: 18, payload: new Uint8Array(16) };
const change = { operation: 'add rule', type: 32, flags: 0x600, payload: new Uint8Array(12) };
const first = ({ payload }: Message) => payload[0];

/** An answer to a request. */
function reply({ sequence }: Message, type: number, payload: readonly number[], flags = 0): Uint8Array {
  return writeMessage({ type, flags, sequence, portId: 4711, payload: Uint8Array.from(payload) });
}

const int32 = (value: number) => [...new Uint8Array(Int32Array.of(value).buffer)];
const acknowledge = (request: Message, errno = 0, attributes: readonly number[] = []) => {
  const echo = Array<number>(16).fill(0);
  return reply(
    request,
    NLMSG_ERROR,
    [...int32(-errno), ...echo, ...attributes],
    0x100 | (attributes.length > 0 ? 0x200 : 0),
  );
};
const part = (request: Message, byte: number, flags = 0) =>
  reply(request, RTM_NEWLINK, [byte, 0, 0, 0], NLM_F_MULTI | flags);
const done = (request: Message, errno = 0, flags = 0) =>
  reply(request, NLMSG_DONE, int32(-errno), NLM_F_MULTI | flags);
const together = (...messages: Uint8Array[]) => Uint8Array.from(messages.flatMap((message) => [...message]));

test('a change is done when it is acknowledged', () => {
  const peer = new ScriptedPeer((request) => [acknowledge(request)]);
  assert.deepEqual(new RequestSocket(peer).request(change), []);
  const [request] = peer.requests;
  assert.equal(request?.type, change.type);
  assert.equal(request?.flags, NLM_F_REQUEST | NLM_F_ACK | change.flags);
  assert.deepEqual(request?.payload, change.payload);
});

test('each request has a sequence number of its own', () => {
  const peer = new ScriptedPeer((request) => [acknowledge(request)]);
  const socket = new RequestSocket(peer);
  for (let count = 0; count < 3; count++) socket.request(change);
  assert.equal(new Set(peer.requests.map(({ sequence }) => sequence)).size, 3);
});

test('a refusal tells operation, code, the text of the kernel and what it objects to', () => {
  const text = [...Buffer.from('No\0\0')];
  const attributes = [7, 0, 1, 0, ...text, 8, 0, 2, 0, ...int32(36)];
  const peer = new ScriptedPeer((request) => [acknowledge(request, 17, attributes)]);
  assert.throws(() => new RequestSocket(peer).request(change), {
    name: 'NetlinkError',
    message: 'add rule: EEXIST: No',
    operation: 'add rule',
    code: 'EEXIST',
    errno: 17,
    kernelText: 'No',
    offset: 36,
  });
});

test('a refusal without words is explained by its code', () => {
  const peer = new ScriptedPeer((request) => [acknowledge(request, 3)]);
  assert.throws(() => new RequestSocket(peer).request(change), {
    message: 'add rule: ESRCH: no such process',
  });
});

test('an object that is asked for comes before the acknowledgement', () => {
  const peer = new ScriptedPeer((request) => [reply(request, RTM_NEWLINK, [42]), acknowledge(request)]);
  assert.deepEqual(new RequestSocket(peer).request(dump, first), [42]);
});

test('a dump comes in several datagrams of several messages', () => {
  const peer = new ScriptedPeer((request) => [
    together(part(request, 1), part(request, 2)),
    part(request, 3),
    done(request),
  ]);
  assert.deepEqual(new RequestSocket(peer).dump(dump, first), [1, 2, 3]);
  assert.equal(peer.requests[0]?.flags, NLM_F_REQUEST | NLM_F_DUMP);
});

test('a dump can fail at its start and at its end', () => {
  for (const end of [acknowledge, done]) {
    const peer = new ScriptedPeer((request) => [part(request, 1), end(request, 2)]);
    assert.throws(() => new RequestSocket(peer).dump(dump, first), {
      code: 'ENOENT',
      operation: 'list links',
    });
  }
});

test('answers to another request are passed over', () => {
  const peer = new ScriptedPeer((request) => {
    const other = { ...request, sequence: request.sequence + 1 };
    return [part(other, 9), acknowledge(other, 1), done(other), part(request, 1), done(request)];
  });
  assert.deepEqual(new RequestSocket(peer).dump(dump, first), [1]);
});

test('control messages of no meaning are passed over', () => {
  const peer = new ScriptedPeer((request) => [reply(request, 1, []), part(request, 1), done(request)]);
  assert.deepEqual(new RequestSocket(peer).dump(dump, first), [1]);
});

for (const [where, interrupted] of [
  ['a part', (request: Message) => [part(request, 7, NLM_F_DUMP_INTR), done(request)]],
  ['the end', (request: Message) => [part(request, 7), done(request, 0, NLM_F_DUMP_INTR)]],
] as const) {
  test(`an interrupted dump is thrown away and repeated; the flag stands in ${where}`, () => {
    const peer = new ScriptedPeer((request, count) =>
      count < 3 ? interrupted(request) : [part(request, 1), done(request)],
    );
    assert.deepEqual(new RequestSocket(peer).dump(dump, first), [1]);
    assert.equal(peer.requests.length, 3);
  });
}

test('a dump that changes interrupt every time is given up', () => {
  const peer = new ScriptedPeer((request) => [done(request, 0, NLM_F_DUMP_INTR)]);
  assert.throws(() => new RequestSocket(peer).dump(dump, first), {
    message: 'list links: EINTR: interrupted by changes 10 times',
    code: 'EINTR',
  });
  assert.equal(peer.requests.length, DUMP_ATTEMPTS);
});

test('an answer without end is an error, not a wait', () => {
  const peer = new ScriptedPeer((request) => [part(request, 1)]);
  assert.throws(() => new RequestSocket(peer).dump(dump, first), { code: 'EPROTO', operation: 'list links' });
});

for (const [what, failure, code] of [
  ['the kernel had no room', systemError(105, 'recvmmsg'), 'ENOBUFS'],
  ['a datagram was cut', new NetlinkError('receive', 'EMSGSIZE', 'cut'), 'EMSGSIZE'],
  ['a datagram is no netlink', Uint8Array.of(...Array<number>(16).fill(1)), 'EBADMSG'],
] as const) {
  test(`when ${what} the request fails, and the next one finds the socket empty`, () => {
    const peer = new ScriptedPeer((request, count) =>
      count === 1 ? [failure, part(request, 1), done(request)] : [part(request, 2), done(request)],
    );
    const socket = new RequestSocket(peer);
    assert.throws(() => socket.dump(dump, first), { name: 'NetlinkError', code });
    assert.deepEqual(
      peer.receive(() => assert.fail('something is left')),
      false,
    );
    assert.deepEqual(socket.dump(dump, first), [2]);
  });
}

test('a decoder that throws leaves the socket usable', () => {
  const peer = new ScriptedPeer((request) => [part(request, 1), part(request, 2), done(request)]);
  const socket = new RequestSocket(peer);
  const failure = new Error('no such thing');
  assert.throws(
    () =>
      socket.dump(dump, () => {
        throw failure;
      }),
    failure,
  );
  assert.deepEqual(socket.dump(dump, first), [1, 2]);
});

test('a request that the kernel does not take says why', () => {
  const peer = new ScriptedPeer(() => {
    throw systemError(1, 'sendmmsg');
  });
  assert.throws(() => new RequestSocket(peer).request(change), {
    name: 'NetlinkError',
    code: 'EPERM',
    message: 'add rule: EPERM: operation not permitted',
  });
});
