import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from '../../src/control/client.ts';
import { isServed } from '../../src/control/socket.ts';
import type { Status } from '../../src/control/status.ts';
import { main } from '../support/program.ts';
import { PolicyChanges } from './policy.ts';
import { Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

/** A site whose daemon has been tested to be well, with its control socket in a directory of its own. */
async function open(t: TestContext): Promise<{ site: Site; socket: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-run-'));
  process.env['RUNTIME_DIRECTORY'] = directory;
  const site = await Site.open(t, lines);
  t.after(() => rmSync(directory, { recursive: true }));
  const socket = join(directory, 'control.sock');
  while (!(await isServed(socket))) await pause(10);
  return { site, socket };
}

/** Runs an action beside the daemon, to its end. */
async function run(site: Site, ...words: string[]) {
  const program = site.router.spawn([process.execPath, main, ...words], ['ignore', 'pipe', 'pipe']);
  const said = { stdout: '', stderr: '' };
  program.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  program.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const [status] = (await once(program, 'close')) as [number];
  return { status, ...said };
}

test('the status says that all is well, that an uplink is down, that none works, and that nobody answers', async (t) => {
  const { site } = await open(t);
  const well = await run(site, 'status');
  assert.deepEqual([well.status, well.stderr], [0, '']);
  assert.match(
    well.stdout,
    /^2 of 2 uplinks work; group 1 carries new connections\. .* kernel as planned\.$/m,
  );
  for (const [name, status] of [
    ['eth2', 1],
    ['eth1', 3],
  ] as const) {
    await site.tells(new RegExp(`Uplink ${name} is down`), () => site.internet.impair(name, 'beyond'));
    assert.equal((await run(site, 'status')).status, status);
  }
  await site.daemon.end();
  assert.equal((await run(site, 'status')).status, 4);
});

test('a second daemon does not start, and changes nothing', async (t) => {
  const { site, socket } = await open(t);
  const changes = await PolicyChanges.listen(site.router);
  const file = join(socket, '..', 'other.conf');
  writeFileSync(file, JSON.stringify({ ...site.settings, base_table: 100 }));
  assert.deepEqual(await run(site, `--config=${file}`, 'monitor'), {
    status: 1,
    stdout: '',
    stderr: `fault_tolerant_router: a daemon is running already: it answers at ${socket}\n`,
  });
  assert.deepEqual(await changes.heard(), []);
  assert.equal((await run(site, 'status')).status, 0);
});

test('a reload is over when it is in force, or says what is wrong and changes nothing', async (t) => {
  const { site, socket } = await open(t);
  const status = () => ask<Status>(socket, { path: '/v1/status' });
  const [first, second] = site.settings.uplinks;
  const { since } = (await status()).configuration;

  site.daemon.configure({ ...site.settings, uplinks: [{ ...first, wieght: 3 }, second] });
  const bad = await run(site, 'reload');
  assert.equal(bad.status, 1);
  assert.match(
    bad.stderr,
    /uplinks\[0\]\.wieght: unknown key; did you mean "weight"\?\nThe daemon goes on with/,
  );
  assert.equal((await status()).configuration.since, since);

  site.daemon.configure({ ...site.settings, uplinks: [{ ...first, weight: 3 }, second] });
  const good = await run(site, 'reload');
  assert.deepEqual([good.status, good.stderr], [0, '']);
  assert.deepEqual(
    (await status()).uplinks.map(({ share }) => share),
    [0.75, 0.25],
  );
  assert.ok((await status()).configuration.since > since);

  // Nobody's address: the kernel takes no route by way of it.
  site.daemon.configure({ ...site.settings, uplinks: [first, { ...second, gateway: '198.18.11.255' }] });
  const refused = await run(site, 'reload');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^The kernel is not as planned:\nroute .* via 198\.18\.11\.255 .*: EINVAL/);
  assert.equal((await run(site, 'status')).status, 1);
  assert.equal((await status()).kernel.as_planned, false);

  const { stdout } = await run(site, 'events');
  for (const word of ['started', 'reload_failed', 'reloaded', 'kernel_error'])
    assert.match(stdout, new RegExp(`^\\S+ \\S+ {2}${word} `, 'm'), word);
});

test('the socket follows a reload, and so does who may use it', async (t) => {
  const { site, socket } = await open(t);
  const access = (path: string) => (statSync(path).mode & 0o777).toString(8);
  assert.equal(access(socket), '600');
  const other = `${socket}.other`;
  site.daemon.configure({ ...site.settings, control: { socket: other, group: 'daemon' } });
  assert.equal((await run(site, 'reload')).status, 0);
  while (await isServed(socket)) await pause(10);
  assert.equal(access(other), '660');
  assert.equal((await run(site, 'status', `--socket=${other}`)).status, 0);
});
