import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { certificate, mailServer, PASSWORD, rudeServer, USER } from '../mail/servers.ts';
import { main } from '../support/program.ts';

async function run(
  context: TestContext,
  email: object,
  { words = [], environment = {} }: { words?: string[]; environment?: NodeJS.ProcessEnv } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-email-test-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'fault_tolerant_router.conf');
  const uplink = { interface: 'eth1', type: 'ppp', description: 'A' };
  writeFileSync(file, JSON.stringify({ uplinks: [uplink], email }));
  const child = spawn(process.execPath, [main, `--config=${file}`, ...words, 'email_test'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { status: status as number, stdout, stderr };
}

const addresses = { sender: 'router@example.com', recipients: ['a@example.com', 'b@example.com'] };
const login = { user_name: USER, password: PASSWORD, authentication: ':login' };

describe('email_test', () => {
  test('sends a test message, also where the daemon is to send none', async (context) => {
    const tls = certificate(context);
    const { received, port } = await mailServer(context, { ...tls, disabledCommands: [] });
    const { status, stdout, stderr } = await run(
      context,
      { send: false, ...addresses, smtp_parameters: { ...login, port } },
      // Trusts the server, whose name is the default: localhost.
      { environment: { NODE_EXTRA_CA_CERTS: tls.file } },
    );
    assert.deepEqual(
      [status, stdout, stderr],
      [0, 'Test message sent to a@example.com, b@example.com\n', ''],
    );
    const [mail = assert.fail()] = received.entries;
    assert.match(mail.raw, /^Subject: Test message\r$/m);
    assert.deepEqual([mail.user, mail.encrypted], [`${USER} by LOGIN`, true]);
  });

  test('shows the dialogue when it fails, but no password', async (context) => {
    const { port } = await mailServer(context, { disabledCommands: ['STARTTLS'] });
    const password = 'wrong battery';
    const { status, stdout, stderr } = await run(context, {
      ...addresses,
      smtp_parameters: { ...login, port, password, address: '127.0.0.1' },
    });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^S: 220 /);
    assert.match(stderr, /^C: AUTH LOGIN$/m);
    assert.match(stderr, /^S: 535 .*$/m);
    assert.match(stderr, /\nNo mail could be sent by 127\.0\.0\.1, port \d+: .*535.*\n$/);
    assert.doesNotMatch(stderr, new RegExp(`${password}|${btoa(password)}|    at `));
  });

  test('names the recipients that were refused, and fails', async (context) => {
    const { port } = await mailServer(context, {
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('b@') ? Object.assign(new Error('who?'), { responseCode: 550 }) : null),
    });
    const { status, stderr } = await run(context, {
      ...addresses,
      smtp_parameters: { port, address: '127.0.0.1' },
    });
    assert.deepEqual([status, stderr], [1, 'Not taken for b@example.com: 550 who?\n']);
  });

  test('fails without an address to send to', async (context) => {
    const { status, stderr } = await run(context, { sender: 'router@example.com' });
    assert.equal(status, 1);
    assert.match(stderr, /email\.sender and email\.recipients are needed/);
  });

  test('sends nothing when it demonstrates', async (context) => {
    const { connections, port } = await rudeServer(context, () => {});
    const { status, stdout } = await run(
      context,
      { ...addresses, smtp_parameters: { port, address: '127.0.0.1' } },
      { words: ['--demo'] },
    );
    assert.deepEqual([status, connections.entries.length], [0, 0]);
    assert.match(stdout, /^Would be sent to a@example\.com, b@example\.com/);
  });
});
