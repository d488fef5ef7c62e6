import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Daemon, type Start } from '../support/daemon.ts';
import { Laboratory } from '../support/namespace.ts';
import { type Transcript, transcribe } from '../support/waiting.ts';

const PATIENCE = 8000;
const program = fileURLToPath(new URL('../support/mail-server.js', import.meta.url));

const configuration = {
  // There is no such interface, so that it is news from the beginning that the uplink is down.
  uplinks: [{ interface: 'eth1', type: 'ppp', description: 'Fibre', priority_group: 1 }],
  // A demonstration's targets hardly ever answer all.
  tests: { interval: 0.1, timeout: 0.2, required_successful: 6 },
  email: {
    send: true,
    sender: 'router@example.com',
    recipients: ['a@example.com'],
    smtp_parameters: { address: '127.0.0.1' },
  },
};

/** A router without any line, whose daemons have a state directory in common. */
function router(context: TestContext) {
  const laboratory = new Laboratory();
  context.after(() => laboratory.close());
  const { router: namespace } = laboratory.namespaces('router');
  namespace.ip(['link set lo up']);
  const state = mkdtempSync(join(tmpdir(), 'ftr-state-'));
  context.after(() => rmSync(state, { recursive: true }));
  const start = (how: Start = {}, settings: object = configuration) =>
    new Daemon(namespace, settings, { ...how, by: ['env', `STATE_DIRECTORY=${state}`] });
  const serve = async (): Promise<Transcript<string>> => {
    const server = namespace.spawn([process.execPath, program]);
    const mails = transcribe([server.stdout as Readable], String);
    await mails.until((line) => line === 'ready', { within: PATIENCE });
    return mails;
  };
  return { start, serve, state };
}

/** Whether the server's line is a mail; its text, with lines of any length again (RFC 2045, 6.7). */
const isMail = (line: string) => line.startsWith('"');
const textOf = (line: string) =>
  (JSON.parse(line) as string)
    .replace(/^[^]*?\r\n\r\n/, '')
    .replaceAll('=\r\n', '')
    .replaceAll('\r\n', '\n');

/** The line of the log, without its time, that tells of the change. */
async function change({ log }: Daemon): Promise<string> {
  const line = await log.until((entry) => entry.includes('-->'), { within: PATIENCE });
  return line.slice(line.indexOf('Uplink'));
}

test('the daemon mails what its log says', async (context) => {
  const { start, serve } = router(context);
  const mails = await serve();
  const daemon = start();
  const received = await mails.until(isMail, { within: PATIENCE });
  assert.equal(textOf(received).trimEnd(), `${await change(daemon)}\nNo uplink works`);
  assert.equal(await daemon.end(), 0);
});

test('a daemon that ends leaves its news to the next', async (context) => {
  const { start, serve } = router(context);
  const first = start();
  await first.log.until((line) => line.includes('Mail could not be sent'), { within: PATIENCE });
  assert.equal(await first.end(), 0);
  const mails = await serve();
  const second = start();
  const received = await mails.until(isMail, { within: PATIENCE });
  assert.equal(textOf(received).split(await change(first)).length - 1, 2, 'its own news and the news before');
  await second.log.until((line) => line.includes('Mail sent: 2 notices'), { within: PATIENCE });
  await second.end();
});

test('new settings are in force at once, for what waits too', async (context) => {
  const { start, serve } = router(context);
  const mails = await serve();
  const { email } = configuration;
  const smtp_parameters = { ...email.smtp_parameters, port: 26 };
  const daemon = start({}, { ...configuration, email: { ...email, smtp_parameters } });
  await daemon.log.until((line) => line.includes('Mail could not be sent'), { within: PATIENCE });
  daemon.configure(configuration);
  daemon.signal('SIGHUP');
  await mails.until(isMail, { within: PATIENCE });
  assert.equal(await daemon.end(), 0);
});

test('a demonstration sends nothing and writes nothing', async (context) => {
  const { start, serve, state } = router(context);
  const mails = await serve();
  const daemon = start({ options: ['--demo'] });
  await change(daemon);
  assert.equal(await daemon.end(), 0);
  assert.deepEqual([mails.entries, readdirSync(state)], [['ready'], []]);
});
