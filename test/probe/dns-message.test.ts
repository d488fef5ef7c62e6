import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeResponse,
  encodeQuery,
  type Question,
  RECORD_TYPES,
  type RecordType,
} from '../../src/probe/dns-message.ts';

const question: Question = { id: 0x1234, name: 'example.com', type: 'A' };

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Of a question with 11 letters: id, flags, counts, question. */
const header = (flags: string, answers = 1) =>
  `1234 ${flags} 0001 000${answers} 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001`;
const address = 'c00c 0001 0001 0000003c 0004 c6120101';
const alias = 'c00c 0005 0001 0000003c 0006 03777777 c00c';

/** Names that RFC 1035 allows. */
const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,63}$/);
const names = fc.oneof(
  fc.constant('.'),
  fc
    .array(label, { minLength: 1, maxLength: 10 })
    .map((labels) => labels.join('.'))
    .filter(({ length }) => length <= 253),
);
const questions = fc.record({
  id: fc.nat(0xffff),
  name: names,
  type: fc.constantFrom(...(Object.keys(RECORD_TYPES) as RecordType[])),
});

test('a query is a header and the question', () => {
  assert.deepEqual(
    Buffer.from(encodeQuery(question)).toString('hex'),
    hex('1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001').toString('hex'),
  );
});

test('the root and a dot at the end are names, too', () => {
  assert.deepEqual(
    encodeQuery({ ...question, name: '.', type: 'NS' }).subarray(12),
    new Uint8Array([0, 0, 2, 0, 1]),
  );
  assert.deepEqual(encodeQuery({ ...question, name: 'example.com.' }), encodeQuery(question));
});

test('what is no domain name is refused', () => {
  const long = Array<string>(50).fill('abcde').join('.');
  for (const name of ['', '..', 'a..b', '.a', 'x'.repeat(64), long])
    assert.throws(() => encodeQuery({ ...question, name }), RangeError, name);
});

for (const [what, message, expected] of [
  ['an address', header('8180') + address, ['c6120101']],
  ['an address behind an alias', header('8180', 2) + alias + address, ['c6120101']],
  ['an alias alone', header('8180') + alias, []],
  ['an address of another class', header('8180') + address.replace('0001 0000', '0003 0000'), []],
  [
    'names that point at each other',
    header('8180', 2) + address.replace('c00c', 'c01d') + address,
    ['c6120101', 'c6120101'],
  ],
] as const) {
  test(`a response with ${what}`, () => {
    const response = decodeResponse(hex(message), question);
    assert.ok(typeof response === 'object');
    const records = response.records.map((record) => Buffer.from(record).toString('hex'));
    assert.deepEqual({ ...response, records }, { status: 'NOERROR', truncated: false, records: expected });
  });
}

test('a response without an answer says why', () => {
  const read = (flags: string) => decodeResponse(hex(header(flags, 0)), question);
  assert.deepEqual(read('8183'), { status: 'NXDOMAIN', truncated: false, records: [] });
  assert.deepEqual(read('8185'), { status: 'REFUSED', truncated: false, records: [] });
  assert.deepEqual(read('818f'), { status: 'RCODE 15', truncated: false, records: [] });
  assert.deepEqual(read('8380'), { status: 'NOERROR', truncated: true, records: [] });
});

for (const [what, rest] of [
  ['no answer though one is announced', ''],
  ['a name without an end', '07 6578616d70'],
  ['a label of an unknown kind', '40 0001 0001 0000003c 0004 c6120101'],
  ['half a pointer', 'c0'],
  ['a record without its length', 'c00c 0001 0001 0000003c'],
  ['less data than announced', 'c00c 0001 0001 0000003c 0005 c6120101'],
] as const) {
  test(`malformed: ${what}`, () => {
    assert.equal(decodeResponse(hex(header('8180') + rest), question), 'malformed');
  });
}

test('a message that is no response to the question is none', () => {
  const right = header('8180') + address;
  assert.equal(typeof decodeResponse(hex(right), question), 'object');
  assert.equal(
    typeof decodeResponse(hex(right.replace('6578616d706c65', '4558414d504c45')), question),
    'object',
  );
  const wrong = [
    '',
    right.slice(0, 20),
    right.replace('1234', '1235'),
    right.replace('8180', '0180'),
    right.replace('8180', 'a980'),
    right.replace('0001', '0000'),
    right.replace('6578616d706c65', '6578616d706c66'),
    right.replace('00 0001 0001', '00 001c 0001'),
  ];
  for (const message of wrong) assert.equal(decodeResponse(hex(message), question), undefined, message);
});

test('whatever a server sends is read to an end, and its data lies within it', () => {
  const anything = fc.uint8Array({ maxLength: 600 });
  fc.assert(
    fc.property(questions, anything, fc.nat(0xff), (asked, bytes, count) => {
      // Half of it right, lest all of it is thrown away unread.
      const message = Buffer.concat([encodeQuery(asked), bytes]);
      message[2] = 0x81;
      message[7] = count;
      const response = decodeResponse(message, asked);
      if (typeof response !== 'object') assert.equal(response, 'malformed');
      else assert.ok(response.records.length <= count);
      decodeResponse(bytes, asked);
    }),
  );
});

test('a response that is cut anywhere is malformed or none', () => {
  const whole = hex(header('8180', 2) + alias + address);
  for (let length = 0; length < whole.length; length++) {
    const cut = decodeResponse(whole.subarray(0, length), question);
    assert.equal(cut, length < hex(header('8180')).length ? undefined : 'malformed', `${length}`);
  }
});
