import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MESSAGE_IDS } from '../../src/event-name.ts';
import { encodeEntry, type JournalEntry, journalEntry, shortened } from '../../src/observe/journal-entry.ts';

/** As systemd-journald reads it (journald-native.c). */
function decodeEntry(datagram: Uint8Array): JournalEntry {
  const entry: Record<string, string> = {};
  const bytes = Buffer.from(datagram);
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start);
    assert.ok(end >= 0, 'a field ends with a line break');
    const equals = bytes.subarray(start, end).indexOf('=');
    if (equals >= 0) {
      entry[bytes.toString('utf8', start, start + equals)] = bytes.toString('utf8', start + equals + 1, end);
      start = end + 1;
      continue;
    }
    const from = end + 9;
    const to = from + Number(bytes.readBigUInt64LE(end + 1));
    assert.equal(bytes.toString('utf8', to, to + 1), '\n');
    entry[bytes.toString('utf8', start, end)] = bytes.toString('utf8', from, to);
    start = to + 1;
  }
  return entry;
}

describe('a line becomes an entry', () => {
  test('with its event, the id of it and its fields', () => {
    const fields = { UPLINK: 'eth1', UPLINK_NAME: 'Fibre', STATE: 'down', REASON: 'no carrier' };
    assert.deepEqual(
      journalEntry({ severity: 'warning', text: 'Uplink Fibre is down', event: 'uplink_down', fields }),
      {
        MESSAGE: 'Uplink Fibre is down',
        PRIORITY: '4',
        SYSLOG_IDENTIFIER: 'fault_tolerant_router',
        MESSAGE_ID: MESSAGE_IDS.uplink_down,
        EVENT: 'uplink_down',
        ...fields,
      },
    );
  });

  test('without them where it has none', () => {
    assert.deepEqual(journalEntry({ severity: 'info', text: 'Mail sent' }), {
      MESSAGE: 'Mail sent',
      PRIORITY: '6',
      SYSLOG_IDENTIFIER: 'fault_tolerant_router',
    });
  });
});

describe('an entry becomes a datagram', () => {
  const cases: [string, JournalEntry, string][] = [
    ['of fields', { MESSAGE: 'all is well', PRIORITY: '6' }, 'MESSAGE=all is well\nPRIORITY=6\n'],
    ['with a value that is empty', { REASON: '' }, 'REASON=\n'],
    ['with a value that has a sign of equality', { REASON: 'a=b' }, 'REASON=a=b\n'],
    ['in UTF-8', { UPLINK_NAME: 'Büro' }, 'UPLINK_NAME=B\u00c3\u00bcro\n'],
    ['with the length of what has lines', { REASON: 'ü\nb' }, 'REASON\n\x04\0\0\0\0\0\0\0\u00c3\u00bc\nb\n'],
  ];
  for (const [what, entry, datagram] of cases)
    test(what, () => assert.equal(Buffer.from(encodeEntry(entry)).toString('latin1'), datagram));

  test('that the journal reads as it was', () => {
    const value = fc.string({
      unit: fc.oneof(fc.constantFrom('\n', '=', '\0'), fc.string({ unit: 'binary' })),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,63}$/), value), (entry) => {
        assert.deepEqual(decodeEntry(encodeEntry(entry)), { ...entry });
      }),
    );
  });
});

test('only what is too long is cut', () => {
  assert.deepEqual(shortened({ A: 'abcd', B: 'abcde' }, 4), { A: 'abcd', B: 'abcd…' });
});
