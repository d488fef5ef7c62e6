import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Configuration } from '../../src/config/schema.ts';
import { CONVERSATION, Mailer, mailSpool } from '../../src/mail/mailer.ts';
import type { Message } from '../../src/mail/message.ts';
import { deliver, type Deliver, DeliveryError, type Refusal } from '../../src/mail/smtp.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Transcript, until } from '../support/waiting.ts';
import { change, recovery } from './changes.ts';
import { mailServer, rudeServer } from './servers.ts';

const email = {
  send: true,
  sender: 'router@example.com',
  recipients: ['a@example.com'],
  smtp_parameters: {
    address: '127.0.0.1',
    port: 25,
    enable_starttls_auto: true,
    openssl_verify_mode: 'peer',
  },
} satisfies Configuration['email'];

/** One attempt to deliver a mail, which ends as the test says. */
interface Attempt {
  readonly message: Message;
  readonly port: number;
  readonly signal: AbortSignal;
  taken(refusals?: readonly Refusal[]): void;
  lost(uncertain: boolean): void;
}

/** Takes mails from a mailer, so that a test decides what becomes of them. */
class Courier {
  readonly attempts = new Transcript<Attempt>();
  #served = 0;

  readonly deliver: Deliver = (message, { port }, signal) =>
    new Promise((resolve, reject) => {
      const lost = (error: Error, uncertain: boolean) =>
        reject(new DeliveryError(error, uncertain, [], String));
      signal.addEventListener('abort', () => lost(signal.reason as Error, false));
      this.attempts.add({
        message,
        port,
        signal,
        taken: (refusals = []) => resolve(refusals),
        lost: (uncertain) => lost(new Error('no luck'), uncertain),
      });
    });

  /** The next attempt that was not handed out yet. */
  async next(): Promise<Attempt> {
    return this.attempts.until(() => true, { within: 2000, since: this.#served++ });
  }
}

/** A desk at which mailers follow one another: each has the queue of the one before. */
function desk(context: TestContext, settings: Configuration['email'] = email, send?: Deliver) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-mailer-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'mail-queue.json');
  const clock = new ManualClock();
  const courier = new Courier();
  const log: string[] = [];
  const start = () =>
    new Mailer(settings, {
      clock,
      spool: mailSpool(directory),
      deliver: send ?? courier.deliver,
      report: ({ severity, text }) => log.push(`${severity}: ${text}`),
    });
  /** Waits until an attempt that has just ended is settled and one alarm is set: for the next. */
  const settled = async () => {
    await turn();
    await until(() => clock.pending === 1, 2000);
  };
  const stored = () => mailSpool(directory).load();
  return { start, clock, courier, log, settled, stored, path };
}

const paragraphs = ({ text }: Message) => text.split('\n\n').length;

describe('a mailer', () => {
  test('mails a change, in a later turn of the event loop', async (context) => {
    const { start, clock, courier, log, stored } = desk(context);
    start().observe(change);
    assert.equal(courier.attempts.entries.length, 0);
    clock.advance(0);
    const attempt = await courier.next();
    assert.equal(attempt.message.subject, 'Uplinks status change');
    assert.match(attempt.message.text, /^Uplink Fibre: .*, up --> down, routing --> standby\nUplink Cable: /);
    attempt.taken();
    await until(() => clock.pending === 0 && stored().batch === undefined, 2000);
    assert.deepEqual(log, ['info: Mail sent: 1 notice']);
  });

  test('mails nothing else, and nothing at all unless it is wanted', (context) => {
    const wanted = desk(context);
    wanted.start().observe({ kind: 'started', routing: [] });
    const unwanted = desk(context, { ...email, send: false });
    unwanted.start().observe(change);
    assert.deepEqual([wanted.clock.pending, unwanted.clock.pending], [0, 0]);
  });

  test('puts together what happens while a mail is under way', async (context) => {
    const { start, clock, courier, settled } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    const first = await courier.next();
    mailer.observe(recovery);
    mailer.observe(change);
    first.taken();
    await settled();
    clock.advance(0);
    const second = await courier.next();
    assert.equal(paragraphs(second.message), 2);
    assert.notEqual(second.message.messageId, first.message.messageId);
    second.taken();
  });

  test('tries again after pauses that grow, with what has happened since', async (context) => {
    const { start, clock, courier, log, settled } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    for (const [number, pause] of [30, 60, 120].entries()) {
      const attempt = await courier.next();
      assert.equal(paragraphs(attempt.message), number + 1);
      mailer.observe(change);
      attempt.lost(false);
      await settled();
      clock.advance(pause * 1000 - 1);
      assert.equal(courier.attempts.entries.length, number + 1);
      clock.advance(1);
    }
    (await courier.next()).taken();
    assert.deepEqual(log, [
      'warning: Mail could not be sent: no luck; 2 notices kept, next attempt in 30 s',
      'warning: Mail could not be sent: no luck; 3 notices kept, next attempt in 60 s',
      'warning: Mail could not be sent: no luck; 4 notices kept, next attempt in 120 s',
    ]);
  });

  test('tries at once when an uplink has come up', async (context) => {
    const { start, clock, courier, settled } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    (await courier.next()).lost(false);
    await settled();
    mailer.observe(recovery);
    clock.advance(0);
    const attempt = await courier.next();
    // And once more when that was during an attempt, which may have gone the dead way.
    mailer.observe(recovery);
    attempt.lost(false);
    await settled();
    clock.advance(0);
    assert.equal(paragraphs((await courier.next()).message), 3);
  });

  test('sends what may have arrived once more, by itself, as the same mail that says so', async (context) => {
    const { start, clock, courier, log, settled } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    const first = await courier.next();
    mailer.observe(recovery);
    first.lost(true);
    await settled();
    clock.advance(0);
    const second = await courier.next();
    assert.equal(second.message.messageId, first.message.messageId);
    assert.equal(
      second.message.text,
      `This may have reached you before: the connection was lost before the mail server confirmed it.\n\n${first.message.text}`,
    );
    second.taken();
    await settled();
    clock.advance(0);
    const third = await courier.next();
    assert.match(third.message.text, /^Uplink Fibre: .* down --> up/);
    assert.match(
      log[0] ?? '',
      /^warning: Mail may not have arrived: no luck; 2 notices kept, next attempt at once/,
    );
  });

  test('goes on after a restart where the one before has stopped', async (context) => {
    const { start, clock, courier, settled, stored } = desk(context);
    const before = start();
    before.observe(change);
    clock.advance(0);
    (await courier.next()).lost(false);
    await settled();
    before.close();
    assert.equal(clock.pending, 0);
    start();
    clock.advance(0);
    const attempt = await courier.next();
    assert.match(attempt.message.text, /^Uplink Fibre/);
    attempt.taken();
    await until(() => stored().batch === undefined, 2000);
    start();
    assert.equal(clock.pending, 0);
  });

  test('knows after a crash what was under way', async (context) => {
    const { start, clock, courier } = desk(context);
    start().observe(change);
    clock.advance(0);
    const first = await courier.next();
    start();
    clock.advance(0);
    const second = await courier.next();
    assert.equal(second.message.messageId, first.message.messageId);
    assert.match(second.message.text, /^This may have reached you before/);
  });

  test('keeps what was under way when it stops', async (context) => {
    const { start, clock, courier, stored } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    await courier.next();
    mailer.close();
    await until(() => stored().waiting.length === 1, 2000);
    assert.equal(clock.pending, 0);
  });

  test('does not wait for a server for ever', async (context) => {
    const { start, clock, courier, log, settled } = desk(context);
    start().observe(change);
    clock.advance(0);
    const { signal } = await courier.next();
    clock.advance(CONVERSATION - 1);
    assert.equal(signal.aborted, false);
    clock.advance(1);
    assert.equal(signal.aborted, true);
    await settled();
    assert.match(log[0] ?? '', /took longer than 120 s; 1 notice kept, next attempt in 30 s$/);
  });

  test('works without a disk, and says so once', async (context) => {
    const { start, clock, courier, log, settled, path } = desk(context);
    // A directory cannot be replaced by a file.
    mkdirSync(path);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    (await courier.next()).lost(false);
    await settled();
    mailer.observe(change);
    clock.advance(30_000);
    const attempt = await courier.next();
    assert.equal(paragraphs(attempt.message), 2);
    attempt.taken();
    await until(() => clock.pending === 0, 2000);
    assert.equal(log.filter((line) => line.includes('is kept in memory')).length, 1);
  });

  test('begins anew with a queue that it cannot read, and says so', (context) => {
    const { start, clock, log, path } = desk(context);
    writeFileSync(path, 'gibberish');
    start();
    assert.match(log[0] ?? '', /^error: Mail queue .*mail-queue\.json cannot be read and begins anew: /);
    assert.equal(clock.pending, 0);
  });

  test('takes new settings at once, and none for new that are the same', async (context) => {
    const { start, clock, courier, settled } = desk(context);
    const mailer = start();
    mailer.observe(change);
    clock.advance(0);
    const first = await courier.next();
    mailer.reload(structuredClone(email));
    assert.equal(first.signal.aborted, false);
    mailer.reload({ ...email, smtp_parameters: { ...email.smtp_parameters, port: 26 } });
    assert.equal(first.signal.aborted, true);
    await settled();
    clock.advance(0);
    const second = await courier.next();
    assert.equal(second.port, 26);
    mailer.reload(undefined);
    await until(() => clock.pending === 0, 2000);
  });

  test('tells who has not got a mail', async (context) => {
    const { start, clock, courier, log } = desk(context);
    start().observe(change);
    clock.advance(0);
    (await courier.next()).taken([{ recipient: 'b@example.com', reason: '550 who?' }]);
    await until(() => log.length === 2, 2000);
    assert.equal(log[1], 'warning: Mail not taken for b@example.com: 550 who?');
  });
});

test('a server that refuses, then dies with the mail in its hands, then works, gets everything', async (context) => {
  const { received, port: real } = await mailServer(context);
  /** Connects with the real server as long as its answers are let through. */
  const pass = (socket: Socket, through: () => boolean) => {
    const server = connect(real, '127.0.0.1');
    socket.pipe(server);
    server.on('data', (chunk) => (through() ? socket.write(chunk) : socket.destroy()));
    socket.on('close', () => server.destroy());
  };
  const behaviours = [
    (socket: Socket) => socket.end('421 later\r\n'),
    (socket: Socket) => pass(socket, () => received.entries.length === 0),
    (socket: Socket) => pass(socket, () => true),
  ];
  const { port } = await rudeServer(context, (socket) => behaviours.shift()?.(socket));
  const { start, clock, settled, log, stored } = desk(
    context,
    { ...email, smtp_parameters: { ...email.smtp_parameters, port } },
    deliver,
  );
  start().observe(change);
  for (const pause of [0, 30_000, 60_000]) {
    const before = log.length;
    clock.advance(pause);
    await until(() => log.length > before, 5000);
    if (behaviours.length > 0) await settled();
  }
  await until(() => stored().batch === undefined, 2000);
  assert.deepEqual(
    log.map((line) => line.replace(/(?<=^warning: [^:]*):.*/, '')),
    ['warning: Mail could not be sent', 'warning: Mail may not have arrived', 'info: Mail sent: 1 notice'],
  );
  const [first = assert.fail(), second = assert.fail()] = received.entries.map(({ raw }) => ({
    id: /^Message-ID: .*$/m.exec(raw)?.[0],
    repeated: raw.includes('This may have reached you before'),
  }));
  assert.deepEqual([first.repeated, second], [false, { id: first.id, repeated: true }]);
});
