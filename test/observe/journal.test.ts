import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AF_UNIX, unixAddress } from '../../src/native/sockaddr.ts';
import { SOCK_DGRAM, Socket } from '../../src/native.ts';
import { Journal, leadsToJournal } from '../../src/observe/journal.ts';

/** A path where nobody listens yet. */
function place(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-journal-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const listen = () => {
    const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0, { slots: 1, slotSize: 300_000 });
    t.after(() => socket.close());
    socket.bind(unixAddress(path));
    return socket;
  };
  const leave = (socket: Socket) => {
    socket.close();
    rmSync(path);
  };
  return { path, listen, leave };
}

/** The datagrams that wait. */
function received(socket: Socket): string[] {
  const texts: string[] = [];
  while (socket.receive(({ data }) => texts.push(Buffer.from(data).toString())) > 0);
  return texts;
}

const line = (text: string) => ({ severity: 'info', text }) as const;
const datagram = (text: string) => `MESSAGE=${text}\nPRIORITY=6\nSYSLOG_IDENTIFIER=fault_tolerant_router\n`;

test('each line is a datagram', (t) => {
  const { path, listen } = place(t);
  const socket = listen();
  const journal = new Journal(path);
  assert.ok(journal.write(line('one')));
  assert.ok(journal.write(line('two')));
  assert.deepEqual(received(socket), [datagram('one'), datagram('two')]);
});

test('a journal that has fallen behind takes nothing until it has caught up', (t) => {
  const { path, listen } = place(t);
  const socket = listen();
  const journal = new Journal(path);
  let taken = 0;
  while (journal.write(line('line'))) assert.ok(++taken < 100_000, 'the queue has an end');
  assert.equal(received(socket).length, taken);
  assert.ok(journal.write(line('again')));
});

test('a journal that goes and comes back takes lines while it is there', (t) => {
  const { path, listen, leave } = place(t);
  const journal = new Journal(path);
  assert.ok(!journal.write(line('too early')));
  const first = listen();
  assert.ok(journal.write(line('in time')));
  first.close();
  assert.ok(!journal.write(line('nobody listens')));
  leave(first);
  assert.ok(!journal.write(line('too late')));
  const second = listen();
  assert.ok(journal.write(line('back')));
  assert.deepEqual(received(second), [datagram('back')]);
});

test('of a line that is too long it takes the beginning', (t) => {
  const { path, listen } = place(t);
  const socket = listen();
  const reason = 'x'.repeat(1_000_000);
  assert.ok(new Journal(path).write({ severity: 'error', text: 'why', fields: { REASON: reason } }));
  const [entry = ''] = received(socket);
  assert.match(entry, /^MESSAGE=why\n[^]*\nREASON=x{1000}…\n$/);
});

test('standard output leads to the journal where systemd says so of this very descriptor', (t) => {
  const descriptor = openSync('/dev/null', 'w');
  t.after(() => closeSync(descriptor));
  const { dev, ino } = fstatSync(descriptor);
  assert.equal(leadsToJournal({ JOURNAL_STREAM: `${dev}:${ino}` }, descriptor), true);
  assert.equal(leadsToJournal({ JOURNAL_STREAM: `${dev}:${ino + 1}` }, descriptor), false);
  assert.equal(leadsToJournal({}, descriptor), false);
});
