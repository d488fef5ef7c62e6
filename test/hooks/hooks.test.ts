import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { HookSettings } from '../../src/hooks/hook.ts';
import { Hooks } from '../../src/hooks/hooks.ts';
import { spoolName } from '../../src/hooks/webhook.ts';
import type { MonitorEvent } from '../../src/monitor/event.ts';
import { Transcript, until } from '../support/waiting.ts';
import { standings } from './payloads.ts';
import { lives } from './processes.ts';
import { webServer } from './web-server.ts';

const PATIENCE = 8000;
const down: MonitorEvent = {
  kind: 'moved',
  uplink: { interface: 'ppp0', family: 4 as const, description: 'LTE' },
  up: false,
  reason: 'no reply',
};
const up: MonitorEvent = { ...down, up: true };

/** A daemon's hooks, and what they say. */
function house(context: TestContext, settings: HookSettings[], directory = place(context)) {
  const log = new Transcript<string>();
  const report = ({ text }: { text: string }) => log.add(text);
  const hooks = new Hooks(settings, { clock: systemClock, directory, report, standings: () => standings });
  context.after(() => hooks.close());
  const line = (pattern: RegExp, since = 0) =>
    log.until((one) => pattern.test(one), { within: PATIENCE, since });
  return { hooks, log, line };
}

function place(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-hooks-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const command = (on: HookSettings['on'], ...words: string[]): HookSettings => ({
  on,
  command: words,
  timeout: 60,
});

describe('hooks', () => {
  test('are told what they have asked for, and nothing else', async (context) => {
    const { hooks, log, line } = house(context, [
      command(['uplink_down'], 'echo', 'fell'),
      command(['uplink_up', 'uplink_down'], 'printf', 'moved'),
    ]);
    hooks.observe(up);
    hooks.observe({ kind: 'started', routing: [] });
    await line(/printf: uplink_up done/);
    hooks.observe(down);
    await Promise.all([line(/printf: uplink_down done/), line(/echo: uplink_down done/)]);
    assert.equal(log.entries.filter((entry) => entry.endsWith(' fell')).length, 1);
    assert.ok(!log.entries.some((entry) => entry.includes('started')));
  });

  test('go on through a reload where they stay, and end where they do not', async (context) => {
    const { url, requests } = await webServer(context, (_, response) => void response.writeHead(500).end());
    const directory = place(context);
    const stay = command(['uplink_down'], 'sh', '-c', 'echo "$FTR_EVENT begins $$"; exec sleep 1000');
    const go: HookSettings = { on: ['uplink_down'], url: `${url}/`, timeout: 10 };
    const { hooks, log, line } = house(context, [stay, go], directory);
    hooks.observe(down);
    const [begin] = await Promise.all([line(/Hook sh: uplink_down begins/), line(/Webhook .* kept/)]);
    const pid = begin.replace(/.* /, '');
    hooks.reload([{ ...stay, on: ['uplink_up'] }]);
    await until(() => !existsSync(join(directory, spoolName(`${url}/`))), PATIENCE);
    assert.ok(lives(pid));
    // It is told of what it waits for now, but is still busy.
    hooks.observe(down);
    hooks.observe(up);
    process.kill(Number(pid), 'SIGTERM');
    const next = await line(/begins/, log.entries.indexOf(begin) + 1);
    assert.match(next, /uplink_up begins/);
    hooks.reload([]);
    await until(() => !lives(next.replace(/.* /, '')), PATIENCE);
    assert.equal(requests.entries.length, 1);
  });

  test('that are gone since the last run leave no queue', async (context) => {
    const directory = place(context);
    const kept = 'http://127.0.0.1:9/kept';
    const names = [spoolName(kept), 'mail-queue.json', 'webhook-notes.txt'];
    for (const name of [...names, spoolName('http://127.0.0.1:9/gone')])
      writeFileSync(join(directory, name), '{"waiting":[],"dropped":0}');
    house(context, [{ on: ['all_down'], url: kept, timeout: 10 }], directory);
    await until(() => readdirSync(directory).length === names.length, PATIENCE);
    assert.deepEqual(readdirSync(directory).toSorted(), names.toSorted());
  });
});
