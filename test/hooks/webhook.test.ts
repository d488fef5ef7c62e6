import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { WebhookSettings } from '../../src/hooks/hook.ts';
import type { Payload } from '../../src/hooks/payload.ts';
import { spoolName, Webhook } from '../../src/hooks/webhook.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { Transcript, until } from '../support/waiting.ts';
import { payload } from './payloads.ts';
import { webServer } from './web-server.ts';

const PATIENCE = 8000;

/** A server that answers with these statuses, one after another and then with the last; webhooks that call it. */
async function office(context: TestContext, ...statuses: number[]) {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-webhook-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const clock = new ManualClock();
  const log = new Transcript<string>();
  const { url, requests } = await webServer(context, (_, response) => {
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    response.writeHead(status ?? 200).end();
  });
  const secret = `${url}/secret`;
  const settings: WebhookSettings = { on: ['uplink_down'], url: secret, timeout: 10 };
  const open = () => {
    const webhook = new Webhook(settings, {
      clock,
      directory,
      report: ({ severity, text }) => log.add(`${severity}: ${text}`),
    });
    context.after(() => webhook.close());
    return webhook;
  };
  /** The log's next line once the clock has moved; then the next alarm is set, if another is to be. */
  const tells = async (pattern: RegExp, span = 0, pending = 0) => {
    const since = log.entries.length;
    clock.advance(span);
    const line = await log.until((one) => pattern.test(one), { within: PATIENCE, since });
    // Until then the alarm is the limit of the attempt that has just ended.
    await turn();
    await until(() => clock.pending === pending, PATIENCE);
    return line;
  };
  const ids = () => requests.entries.map(({ body }) => (JSON.parse(body) as Payload).id);
  return {
    open,
    tells,
    clock,
    requests,
    ids,
    log,
    host: new URL(url).host,
    file: join(directory, spoolName(secret)),
  };
}

describe('a webhook', () => {
  test('posts each event by itself, in order', async (context) => {
    const { open, tells, requests, log, host } = await office(context, 200);
    const webhook = open();
    webhook.take(payload(1));
    webhook.take(payload(2));
    await tells(/sent/, 0, 1);
    await tells(/sent/);
    assert.deepEqual(
      requests.entries.map(({ body }) => JSON.parse(body)),
      [payload(1), payload(2)],
    );
    assert.deepEqual(
      requests.entries.map(({ headers }) => headers['idempotency-key']),
      ['id-1', 'id-2'],
    );
    const line = `info: Webhook ${host}: uplink_down sent`;
    assert.deepEqual(log.entries, [line, line]);
  });

  test('tries again after growing pauses, and lets nobody overtake', async (context) => {
    const { open, tells, clock, ids, requests, host } = await office(context, 500, 429, 302, 200);
    const webhook = open();
    webhook.take(payload(1));
    assert.equal(
      await tells(/kept/, 0, 1),
      `warning: Webhook ${host} could not be sent: uplink_down was answered with HTTP status 500; 1 event kept, next attempt in 30 s`,
    );
    webhook.take(payload(2));
    clock.advance(29_999);
    assert.equal(requests.entries.length, 1);
    await tells(/429; 2 events kept, next attempt in 60 s/, 1, 1);
    await tells(/302; 2 events kept, next attempt in 120 s/, 60_000, 1);
    await tells(/sent/, 120_000, 1);
    await tells(/sent/);
    assert.deepEqual(ids(), ['id-1', 'id-1', 'id-1', 'id-1', 'id-2']);
  });

  test('tries at once when there may be a way again', async (context) => {
    const { open, tells, ids } = await office(context, 503, 200);
    const webhook = open();
    webhook.take(payload());
    await tells(/kept/, 0, 1);
    webhook.hurry();
    await tells(/sent/);
    assert.deepEqual(ids(), ['id-1', 'id-1']);
  });

  test('gives up what is refused for good, and goes on', async (context) => {
    const { open, tells, ids, host } = await office(context, 400, 200);
    const webhook = open();
    webhook.take(payload(1));
    webhook.take(payload(2));
    assert.equal(
      await tells(/given up/, 0, 1),
      `warning: Webhook ${host}: uplink_down was answered with HTTP status 400 and is given up`,
    );
    await tells(/sent/);
    assert.deepEqual(ids(), ['id-1', 'id-2']);
  });

  test('goes on after a restart with what waits', async (context) => {
    const { open, tells, ids, file } = await office(context, 500, 200);
    const before = open();
    before.take(payload(1));
    before.take(payload(2));
    await tells(/kept/, 0, 1);
    before.close();
    open();
    await tells(/sent/, 0, 1);
    await tells(/sent/);
    assert.deepEqual(ids(), ['id-1', 'id-1', 'id-2']);
    assert.ok(existsSync(file));
  });

  test('leaves nothing when it is no longer wanted, not even an attempt', async (context) => {
    const { open, tells, clock, requests, file } = await office(context, 500);
    const webhook = open();
    webhook.take(payload(1));
    await tells(/kept/, 0, 1);
    webhook.discard();
    await until(() => !existsSync(file), PATIENCE);
    clock.advance(86_400_000);
    assert.equal(requests.entries.length, 1);
  });

  test('never tells the path of its URL, which may be a secret', async (context) => {
    const { open, tells, log, file } = await office(context, 400);
    open().take(payload());
    await tells(/given up/);
    assert.ok(![...log.entries, file].some((text) => text.includes('secret')));
  });

  test('counts the events for which there was no room', async (context) => {
    const { open, tells, host } = await office(context, 500, 200);
    const webhook = open();
    webhook.take(payload(0));
    await tells(/kept/, 0, 1);
    for (let number = 1; number <= 103; number++) webhook.take(payload(number));
    webhook.hurry();
    assert.equal(
      await tells(/lost/, 0, 1),
      `warning: Webhook ${host}: 4 older events were lost: too many waited`,
    );
  });
});
