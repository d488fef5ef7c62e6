import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isOffline, OfflineFile, offlinePath } from '../../src/hooks/offline-file.ts';
import type { UplinkName, UplinkSummary } from '../../src/monitor/event.ts';
import type { Standing } from '../../src/monitor/news.ts';
import { until } from '../support/waiting.ts';

const PATIENCE = 8000;
const uplink = { interface: 'eth1', family: 4 as const, description: 'Fibre' };
const standing = (is: Omit<UplinkSummary, keyof UplinkName>): Standing => ({
  is: { ...uplink, ...is },
  reason: '',
});
const online = [standing({ up: true, routing: true }), standing({ up: false, routing: false })];
const offline = [standing({ up: false, routing: true }), standing({ up: false, routing: true })];

function place(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-offline-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'state');
}

test('a router is offline when nothing works that carries new connections', () => {
  assert.equal(isOffline(online), false);
  assert.equal(isOffline(offline), true);
  assert.equal(isOffline([]), true);
  assert.equal(
    isOffline([standing({ up: true, routing: false })]),
    true,
    'a line for incoming connections only',
  );
  assert.equal(isOffline([standing({ up: false, routing: true, override: 'up' })]), false);
  assert.equal(isOffline([standing({ up: true, routing: true, override: 'drained' })]), false);
});

test('the file says so from the start, and is replaced whenever that changes', async (context) => {
  const directory = place(context);
  const path = offlinePath(directory);
  const log: string[] = [];
  const file = new OfflineFile(path, ({ text }) => log.push(text));
  const says = (text: string) =>
    until(() => readdirSync(directory).join() === 'offline' && readFileSync(path, 'utf8') === text, PATIENCE);
  file.observe({ kind: 'overrun' }, assert.fail);
  file.observe({ kind: 'started', routing: [] }, () => offline);
  await until(() => log.length > 0 || readdirSync(join(directory, '..')).length > 0, PATIENCE);
  await says('1\n');
  file.observe({ kind: 'changed', uplinks: [] }, () => online);
  await says('0\n');
  file.observe({ kind: 'changed', uplinks: [] }, () => offline);
  file.observe({ kind: 'changed', uplinks: [] }, () => online);
  file.observe({ kind: 'changed', uplinks: [] }, () => offline);
  await says('1\n');
  assert.deepEqual(log, []);
});

test('that it cannot be written is told, and tried again', async (context) => {
  const directory = place(context);
  writeFileSync(directory, 'a file where the directory should be');
  const log: string[] = [];
  const file = new OfflineFile(offlinePath(directory), ({ text }) => log.push(text));
  file.observe({ kind: 'started', routing: [] }, () => online);
  await until(() => log.length === 1, PATIENCE);
  assert.match(
    log[0] ?? '',
    /^Whether this router is offline cannot be told, .*state\/offline cannot be written: /,
  );
  rmSync(directory);
  file.observe({ kind: 'changed', uplinks: [] }, () => online);
  await until(() => readdirSync(join(directory, '..')).includes('state'), PATIENCE);
  await until(() => readdirSync(directory).join() === 'offline', PATIENCE);
  assert.equal(log.length, 1);
});
