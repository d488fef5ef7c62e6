import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { SmtpParameters } from '../../src/mail/account.ts';
import { testMessage } from '../../src/mail/message.ts';
import { deliver, DeliveryError } from '../../src/mail/smtp.ts';
import { certificate, converse, mailServer, PASSWORD, rudeServer, USER } from './servers.ts';

const parameters = (port: number, more: Partial<SmtpParameters> = {}): SmtpParameters => ({
  address: '127.0.0.1',
  port,
  enable_starttls_auto: true,
  openssl_verify_mode: 'peer',
  ...more,
});
const account = {
  sender: 'Router <router@example.com>',
  recipients: ['a@example.com', 'B <b@example.com>'],
  server: parameters(0),
};
const message = testMessage('id', account);
const patience = () => new AbortController().signal;

function send(server: SmtpParameters, signal = patience()) {
  return deliver(message, server, signal);
}

async function failure(server: SmtpParameters, signal = patience()): Promise<DeliveryError> {
  const error: unknown = await send(server, signal).then(
    () => assert.fail('it was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DeliveryError, String(error));
  return error;
}

const header = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n')).split(/\r\n(?! )/);

describe('a mail server gets', () => {
  test('the mail for all recipients at once, with the header that it was given', async (context) => {
    const { received, port } = await mailServer(context);
    assert.deepEqual(await send(parameters(port, { domain: 'gateway.example.com' })), []);
    const [mail = assert.fail()] = received.entries;
    assert.deepEqual(mail.recipients, ['a@example.com', 'b@example.com']);
    assert.equal(mail.helo, 'gateway.example.com');
    for (const line of [
      'From: Router <router@example.com>',
      'To: a@example.com, B <b@example.com>',
      'Subject: Test message',
      'Message-ID: <id@example.com>',
    ])
      assert.ok(header(mail.raw).includes(line), line);
  });

  test('no header that a text has smuggled in', async (context) => {
    const { received, port } = await mailServer(context);
    const evil = 'x\r\nBcc: thief@example.com\r\n\r\n.\r\nMAIL FROM:<x>';
    await deliver(
      { ...message, sender: `"${evil}" <router@example.com>`, subject: evil, text: evil },
      parameters(port),
      patience(),
    );
    const [mail = assert.fail(), ...others] = received.entries;
    assert.equal(others.length, 0);
    assert.deepEqual(mail.recipients, ['a@example.com', 'b@example.com']);
    assert.ok(!header(mail.raw).some((line) => line.startsWith('Bcc')));
  });

  for (const [method, name] of [
    ['plain', 'PLAIN'],
    ['login', 'LOGIN'],
    ['cram_md5', 'CRAM-MD5'],
    [undefined, 'PLAIN'],
  ] as const) {
    test(`the login by ${method ?? 'a user name alone'}`, async (context) => {
      const { received, port } = await mailServer(context, {
        disabledCommands: ['STARTTLS'],
        authMethods: ['CRAM-MD5', 'LOGIN', 'PLAIN'],
      });
      await send(
        parameters(port, { user_name: USER, password: PASSWORD, ...(method && { authentication: method }) }),
      );
      assert.equal(received.entries[0]?.user, `${USER} by ${name}`);
    });
  }

  test('login and mail encrypted when it offers STARTTLS, and only if its certificate is trusted', async (context) => {
    const { received, port } = await mailServer(context, { ...certificate(context), disabledCommands: [] });
    const login = { user_name: USER, password: PASSWORD, authentication: 'plain' } as const;
    const { message: reason } = await failure(parameters(port, login));
    assert.match(reason, /self-signed certificate/);
    await send(parameters(port, { ...login, openssl_verify_mode: 'none' }));
    assert.deepEqual(
      received.entries.map(({ encrypted, user }) => ({ encrypted, user })),
      [{ encrypted: true, user: `${USER} by PLAIN` }],
    );
  });

  test('all of it encrypted on port 465', async (context) => {
    // An address of loopback that no other test has.
    const address = `127.1.${(process.pid >> 8) & 255}.${process.pid & 255}`;
    const { received } = await mailServer(
      context,
      { ...certificate(context), secure: true },
      { port: 465, address },
    );
    await send(parameters(465, { address, openssl_verify_mode: 'none' }));
    assert.equal(received.entries[0]?.encrypted, true);
  });

  test('nothing encrypted when that is switched off', async (context) => {
    const { received, port } = await mailServer(context, {
      ...certificate(context),
      disabledCommands: ['AUTH'],
    });
    await send(parameters(port, { enable_starttls_auto: false }));
    assert.equal(received.entries[0]?.encrypted, false);
  });

  test('it in spite of a recipient that it does not want, whom we learn of', async (context) => {
    const { received, port } = await mailServer(context, {
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith('b@') ? Object.assign(new Error('who?\u001b[2K'), { responseCode: 550 }) : null,
        ),
    });
    assert.deepEqual(await send(parameters(port)), [{ recipient: 'b@example.com', reason: '550 who? [2K' }]);
    assert.deepEqual(received.entries[0]?.recipients, ['a@example.com']);
  });
});

describe('when it does not work', () => {
  test('the dialogue tells why, without the password', async (context) => {
    for (const authentication of ['plain', 'login', 'cram_md5'] as const) {
      const { port } = await mailServer(context, {
        disabledCommands: ['STARTTLS'],
        authMethods: ['CRAM-MD5', 'LOGIN', 'PLAIN'],
      });
      const password = 'wrong battery';
      const error = await failure(parameters(port, { user_name: USER, password, authentication }));
      assert.equal(error.uncertain, false);
      assert.match(error.message, /535/);
      assert.ok(error.dialogue.some((line) => line.startsWith('C: EHLO ')));
      assert.ok(error.dialogue.some((line) => line.startsWith('S: 535 ')));
      const all = [error.message, error.stack, ...error.dialogue].join('\n');
      for (const secret of [
        password,
        Buffer.from(password).toString('base64'),
        Buffer.from(`\0${USER}\0${password}`).toString('base64'),
      ])
        assert.ok(!all.includes(secret), `${authentication}: ${all}`);
    }
  });

  test('a server that is not there has certainly taken nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    const { uncertain, message: reason } = await failure(parameters(port));
    assert.equal(uncertain, false);
    assert.match(reason, /ECONNREFUSED/);
  });

  const drop = (socket: { destroy(): void }) => socket.destroy();
  for (const [command, uncertain] of [
    ['EHLO', false],
    ['MAIL', false],
    ['RCPT', false],
    ['DATA', false],
    ['.', true],
  ] as const) {
    test(`a server that dies at ${command} has ${uncertain ? 'perhaps' : 'not'} taken it`, async (context) => {
      const { port } = await rudeServer(context, (socket) => converse(socket, { [command]: drop }));
      assert.equal((await failure(parameters(port))).uncertain, uncertain);
    });
  }

  test('a server that refuses the mail itself has not taken it', async (context) => {
    for (const reply of ['451 later', '554 never', '421 going down']) {
      const { port } = await rudeServer(context, (socket) =>
        converse(socket, { '.': () => socket.end(`${reply}\r\n`) }),
      );
      const error = await failure(parameters(port));
      assert.deepEqual([error.uncertain, error.message.includes(reply)], [false, true]);
    }
  });

  for (const [what, hang, uncertain] of [
    ['says nothing', (_socket, tooLong) => tooLong(), false],
    ['greets without end', (socket, tooLong) => socket.write('220-hello\r\n', tooLong), false],
    ['hangs at the beginning', (socket, tooLong) => converse(socket, { EHLO: tooLong }), false],
    ['hangs after the mail', (socket, tooLong) => converse(socket, { '.': tooLong }), true],
  ] as const satisfies readonly (readonly [
    string,
    (socket: Socket, tooLong: () => void) => void,
    boolean,
  ])[]) {
    test(`patience with a server that ${what} ends when told, and so does the connection`, async (context) => {
      const limit = new AbortController();
      const { port, connections } = await rudeServer(context, (socket) =>
        hang(socket, () => limit.abort(new Error('too long'))),
      );
      const error = await failure(parameters(port), limit.signal);
      assert.deepEqual([error.message, error.uncertain], ['too long', uncertain]);
      const [socket = assert.fail()] = connections.entries;
      // Not once(), which rejects when the client resets the connection: that is an end, too.
      if (!socket.closed) await new Promise((closed) => socket.resume().on('close', closed));
    });
  }
});

test('nobody logs in without the password that is a credential of the service', async (context) => {
  const { port } = await mailServer(context);
  const { message: reason } = await failure(
    parameters(port, { user_name: USER, password_file: 'smtp-password' }),
  );
  assert.equal(reason, "the password is the service's credential smtp-password, which nobody else has");
});
