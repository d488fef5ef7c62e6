import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Account } from '../../src/mail/account.ts';
import { compose, notice, testMessage, type Letter } from '../../src/mail/message.ts';
import { change } from './changes.ts';

const account: Account = {
  sender: 'Router <router@example.com>',
  recipients: ['a@example.com', 'b@example.com'],
  server: {
    address: 'localhost',
    port: 25,
    enable_starttls_auto: true,
    openssl_verify_mode: 'peer',
  },
};
const happened = Date.parse('2026-11-22T13:03:11Z');
const lines = [
  'Uplink Fibre: ip 198.18.1.2, gateway 198.18.1.1, up --> down, routing --> standby',
  'Uplink Cable: ip 198.18.2.2, gateway 198.18.2.1, up, routing',
];
const letter = (parts: Partial<Letter> = {}): Letter => ({
  id: 'id',
  items: [notice(change, happened)],
  dropped: 0,
  repeated: false,
  ...parts,
});
const time = /^\w{3} Nov 2[123] 2026 \d\d:\d\d:11 GMT[+-]\d{4}$/;

describe('a mail', () => {
  test('has the lines of the log, and nothing else when it is fresh and alone', () =>
    assert.deepEqual(compose(letter(), account, happened), {
      messageId: '<id@example.com>',
      sender: 'Router <router@example.com>',
      recipients: ['a@example.com', 'b@example.com'],
      subject: 'Uplinks status change',
      text: `${lines.join('\n')}\n`,
    }));

  test('tells when it happened as soon as that is a minute ago', () => {
    const [first = '', ...rest] = compose(letter(), account, happened + 60_000).text.split('\n');
    assert.match(first, time);
    assert.deepEqual(rest, [...lines, '']);
  });

  test('tells each time when there are several', () => {
    const several = letter({ items: [notice(change, happened), notice(change, happened + 1)] });
    const paragraphs = compose(several, account, happened).text.trimEnd().split('\n\n');
    assert.equal(paragraphs.length, 2);
    for (const paragraph of paragraphs) assert.match(paragraph.split('\n')[0] ?? '', time);
  });

  test('says that it may be a repetition, and keeps its identity', () => {
    const { text, messageId } = compose(letter({ repeated: true }), account, happened);
    assert.match(text, /^This may have reached you before: [^\n]+\n\nUplink Fibre/);
    assert.equal(messageId, compose(letter(), account, happened).messageId);
  });

  test('says how many notices were lost', () => {
    assert.match(compose(letter({ dropped: 1 }), account, happened).text, /^[^\n]*\b1 older notice was lost/);
    assert.match(
      compose(letter({ dropped: 7 }), account, happened).text,
      /^[^\n]*\b7 older notices were lost/,
    );
  });

  test('that is a test cannot be taken for news', () => {
    const { subject, text } = testMessage('id', account);
    assert.equal(subject, 'Test message');
    assert.doesNotMatch(text, /status|-->/);
  });
});

test('a description cannot forge a line', () => {
  const [{ was, is } = assert.fail(), other = assert.fail()] = change.uplinks;
  const forged = { ...is, description: 'Fibre\r\n\r\nUplink Cable: down' };
  const [line = assert.fail(), ...others] = notice(
    { kind: 'changed', uplinks: [{ was, is: forged }, other] },
    0,
  ).lines;
  assert.match(line, /^Uplink Fibre Uplink Cable: down: ip .*$/);
  assert.equal(others.length, 1);
});
