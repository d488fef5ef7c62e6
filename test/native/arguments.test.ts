import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { SOCK_RAW } from '../../src/native.ts';
import { AF_NETLINK } from '../../src/native/sockaddr.ts';

type Method = (...values: unknown[]) => unknown;
type Native = Record<string, Method>;

const addon = createRequire(import.meta.url)('../../native/socket.node') as {
  Socket: new (...values: unknown[]) => Native;
};

const NETLINK_USERSOCK = 2; // whatever is sent, bound or set here concerns nobody

function nativeSocket(t: TestContext): Native {
  const socket = new addon.Socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
  t.after(() => socket['close']?.());
  return socket;
}

const bytes = (length: number) => new Uint8Array(length);
const doubles = (length: number) => new Float64Array(length);

/** Memory that has moved to somewhere else. */
function detached<A extends Uint8Array | Float64Array>(array: A): A {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

const wrongTypes: [string, unknown[]][] = [
  ['receive', []],
  ['receive', [0, 'text', 8, bytes(128), doubles(8)]],
  ['receive', [0, new Uint16Array(8), 8, bytes(128), doubles(8)]],
  ['receive', [0, new DataView(new ArrayBuffer(8)), 8, bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), '8', bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), 8, bytes(128), bytes(64)]],
  ['receive', [0, detached(bytes(8)), 8, bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), 8, detached(bytes(128)), doubles(8)]],
  ['receive', [0, bytes(8), 8, bytes(128), detached(doubles(8))]],
  ['send', [bytes(8), 8, undefined, 0, null]],
  ['send', [detached(bytes(8)), 8, null, 0, null]],
  ['send', [bytes(8), 8, null, 0, [0]]],
  ['setOption', [1, 8, null]],
  ['setOption', [1, 8, 1n]],
  ['getOption', [1, 8, 4]],
  ['attachFilter', [{}]],
  ['bind', ['@name']],
  ['connect', [undefined]],
  ['localAddress', []],
  ['watch', []],
  ['watch', [{}]],
];

const wrongRanges: [string, unknown[]][] = [
  ['receive', [-1, bytes(8), 8, bytes(128), doubles(8)]],
  ['receive', [0.5, bytes(8), 8, bytes(128), doubles(8)]],
  ['receive', [2 ** 31, bytes(8), 8, bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), 0, bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), Number.NaN, bytes(128), doubles(8)]],
  ['receive', [0, bytes(8), 9, bytes(128), doubles(8)]],
  ['receive', [0, bytes(65), 1, bytes(65 * 128), doubles(65 * 8)]],
  ['receive', [0, bytes(16), 8, bytes(255), doubles(16)]],
  ['receive', [0, bytes(16), 8, bytes(256), doubles(15)]],
  ['send', [bytes(8), 0, null, 0, null]],
  ['send', [bytes(8), 3, null, 0, null]],
  ['send', [bytes(8), 8, bytes(12), 11, null]],
  ['send', [bytes(8), 8, bytes(129), 129, null]],
  ['send', [bytes(8), 4, null, 0, doubles(1)]],
  ['setOption', [1, 8, 2 ** 32]],
  ['setOption', [1, 8, 1.5]],
  ['setOption', [1, Number.POSITIVE_INFINITY, 1]],
  ['attachFilter', [bytes(7)]],
  ['attachFilter', [bytes(4097 * 8)]],
  ['bind', [bytes(129)]],
  ['connect', [bytes(129)]],
];

test('arguments of a wrong type throw TypeError', (t) => {
  const socket = nativeSocket(t);
  for (const [method, values] of wrongTypes) {
    assert.throws(
      () => socket[method]?.(...values),
      { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' },
      inspect([method, values]),
    );
  }
});

test('numbers and lengths out of range throw RangeError', (t) => {
  const socket = nativeSocket(t);
  for (const [method, values] of wrongRanges) {
    assert.throws(
      () => socket[method]?.(...values),
      { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' },
      inspect([method, values]),
    );
  }
});

test('the class refuses wrong arguments, a call without new and methods on strangers', (t) => {
  assert.throws(() => new addon.Socket(), TypeError);
  assert.throws(() => new addon.Socket(16, '3', 0), TypeError);
  assert.throws(() => new addon.Socket(-1, 3, 0), RangeError);
  assert.throws(() => (addon.Socket as unknown as Method)(16, 3, 0), TypeError);
  const socket = nativeSocket(t);
  for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(addon.Socket.prototype))) {
    if (name === 'constructor') continue;
    for (const stranger of [
      undefined,
      {},
      Object.create(socket),
      addon.Socket.prototype,
      new Uint8Array(8),
    ]) {
      assert.throws(() => Reflect.apply(method.value as Method, stranger, []), TypeError, name);
    }
  }
});

test('whatever the arguments are, a call returns a number or throws', (t) => {
  const socket = nativeSocket(t);
  const methods = [
    'receive',
    'send',
    'setOption',
    'getOption',
    'attachFilter',
    'bind',
    'connect',
    'localAddress',
  ];
  const value = fc.oneof(
    fc.integer({ min: -2, max: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.float64Array({ maxLength: 20 }),
    fc.constantFrom(
      bytes(64 * 128),
      doubles(64 * 8),
      new Uint8Array(new SharedArrayBuffer(8192)),
      detached(bytes(8)),
      null,
    ),
    fc.anything(),
  );
  const call = fc.tuple(fc.constantFrom(...methods), fc.array(value, { maxLength: 6 }));
  let returned = 0;
  fc.assert(
    fc.property(call, ([method, values]) => {
      try {
        assert.equal(typeof socket[method]?.(...values), 'number');
        returned++;
      } catch (error) {
        assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(returned > 100); // the property is not about refusals alone
});
