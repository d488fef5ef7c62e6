import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lost, Site } from '../kernel/site.ts';
import { Laboratory, type Namespace } from '../support/namespace.ts';
import { Machine } from './machine.ts';
import { CONFIGURATION, UNIT } from './router.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What a target of the Makefile prints; the program is built already. */
const make = (...args: string[]) =>
  execFileSync('make', ['--silent', '-o', 'build', ...args], { cwd: root, encoding: 'utf8' });

/** Where the package lies in a machine. */
const PACKAGE = '/root/package.deb';

/** Where the packages of this machine have no Node.js, the one that is there has come in another way. */
const install = (file: string) =>
  `dpkg --status nodejs >/dev/null 2>&1 || ignore=--ignore-depends=nodejs
  dpkg $ignore --install ${file} 2>&1`;

/** Files, users and groups of a machine, a line each; without what dpkg and the journal write, whatever they do. */
const inventory = `
  find /etc /run /usr /var | grep -Ev '^/(var/lib/dpkg/[^/]*-old$|run/systemd/|run/log/journal/)' | sort
  cat /etc/passwd /etc/group /etc/shadow /etc/gshadow`;

/** The lines of a text that another one lacks. */
function additional(text: string, other: string): string[] {
  const known = new Set(other.split('\n'));
  return text.split('\n').filter((line) => !known.has(line));
}

let built: string;

before(() => {
  built = `${root}${/build\/fault-tolerant-router_\S+\.deb/.exec(make('deb'))?.[0]}`;
});

/** A machine that has the package, but not what it installs. */
async function boot(t: TestContext, namespace: Namespace): Promise<Machine> {
  const machine = await Machine.boot(t, namespace);
  copyFileSync(built, machine.path(PACKAGE));
  return machine;
}

/** One that is connected with nothing. */
async function isolated(t: TestContext): Promise<Machine> {
  const laboratory = new Laboratory();
  t.after(() => laboratory.close());
  return boot(t, laboratory.namespaces('host').host);
}

test('lintian has nothing to say', () => {
  execFileSync('lintian', ['--allow-root', '--fail-on=error,warning', built], { stdio: 'inherit' });
});

test('the same sources make the same package', () => {
  const first = readFileSync(built);
  make('deb');
  assert.ok(first.equals(readFileSync(built)));
});

test('make uninstall takes away what make install has put there', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-install-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = () =>
    readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  make('install', `DESTDIR=${directory}`);
  assert.ok(files().some(({ name }) => name === 'main.js'));
  make('uninstall', `DESTDIR=${directory}`);
  assert.deepEqual(files(), []);
});

test('without a configuration it waits, and says for what', async (t) => {
  const machine = await isolated(t);
  const said = await machine.exec(install(PACKAGE));
  assert.match(said, /waits for its configuration:\n.*generate_config.*\n.*check.*\n.*systemctl start/);
  assert.equal((await machine.run(`systemctl is-active ${UNIT}`)).stdout, 'inactive\n');
  assert.equal(await machine.exec('systemctl --failed --quiet'), '');
  assert.equal(await machine.exec(`systemctl is-enabled ${UNIT}`), 'enabled\n');
  assert.match((await machine.run(`systemctl status ${UNIT}`)).stdout, /\/etc\/fault_tolerant_router\.conf/);
  await machine.exec('fault_tolerant_router generate_config && fault_tolerant_router check');
});

test('beside a configuration that only root may read, it fails and says what to do', async (t) => {
  const machine = await isolated(t);
  machine.write(CONFIGURATION, 'uplinks: [{interface: ppp0, type: ppp, description: LTE}]', 0o600);
  assert.match(
    await machine.exec(install(PACKAGE)),
    /chgrp fault-tolerant-router \/etc\/fault_tolerant_router\.conf/,
  );
  assert.equal((await machine.run(`systemctl is-active ${UNIT}`)).stdout, 'failed\n');
});

test('it says so when another program of this name comes first', async (t) => {
  const machine = await isolated(t);
  machine.write('/usr/local/bin/fault_tolerant_router', '#!/bin/sh\n', 0o755);
  assert.match(
    await machine.exec(install(PACKAGE)),
    /: \/usr\/local\/bin\/fault_tolerant_router hides \/usr\/sbin\/fault_tolerant_router/,
  );
});

test('all that the program is made of is there', async (t) => {
  const machine = await isolated(t);
  await machine.exec(install(PACKAGE));
  await machine.exec(`
    cd /usr/lib/fault_tolerant_router/build/program
    find . -name '*.js' ! -path ./main.js -printf "import '%p';" >all.mjs
    node all.mjs`);
});

test('from the installation to the purge', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  const machine = await boot(t, site.router);
  const active = async () => (await machine.run(`systemctl is-active ${UNIT}`)).stdout.trim();
  const pid = () => machine.exec(`systemctl show --property=MainPID --value ${UNIT}`);
  // A daemon that runs on this machine keeps its state where the machine would have its own.
  await machine.exec('rm -rf /var/lib/fault-tolerant-router; mkdir -p /etc/credstore');
  const before = await machine.exec(inventory);
  const configuration = JSON.stringify(site.settings);
  machine.write(CONFIGURATION, configuration);

  await t.test('installed beside a configuration, it routes', async () => {
    await machine.exec(install(PACKAGE));
    assert.equal(await active(), 'active');
    assert.deepEqual(lost(await site.connect().take(40)), []);
  });

  await t.test('an upgrade restarts it, and costs no connection', async () => {
    await machine.exec(`
      dpkg-deb --raw-extract ${PACKAGE} /root/newer
      sed -i 's/^Version: .*/Version: 99-1/' /root/newer/DEBIAN/control
      dpkg-deb -Znone --build /root/newer /root/newer.deb`);
    const [clients, old] = [[site.flow(), site.connect()], await pid()];
    for (const client of clients) await client.next(100);
    await machine.exec(install('/root/newer.deb'));
    for (const client of clients) await client.next(100);
    assert.equal(await active(), 'active');
    assert.notEqual(await pid(), old);
    for (const client of clients) assert.deepEqual(lost(await client.stop()), []);
    assert.equal(readFileSync(machine.path(CONFIGURATION), 'utf8'), configuration);
  });

  await t.test('a service that the administrator has disabled stays so', async () => {
    await machine.exec(`systemctl disable --now ${UNIT}`);
    await machine.exec(install(PACKAGE));
    assert.equal(await active(), 'inactive');
    await machine.exec(`systemctl enable --now ${UNIT}`);
  });

  await t.test('removed, it leaves the configuration and the routing', async () => {
    await machine.exec('dpkg --remove fault-tolerant-router');
    assert.equal(await active(), 'inactive');
    assert.equal(readFileSync(machine.path(CONFIGURATION), 'utf8'), configuration);
    assert.deepEqual(lost(await site.connect().take(40)), []);
  });

  await t.test('installed again, it goes on', async () => {
    await machine.exec(install(PACKAGE));
    assert.equal(await active(), 'active');
  });

  await t.test('purged, it leaves nothing', async () => {
    machine.write('/etc/credstore/fault-tolerant-router.smtp-password', 'secret', 0o600);
    machine.write('/var/log/fault-tolerant-router/router.log.0', 'old');
    await machine.exec('dpkg --purge fault-tolerant-router');
    const after = await machine.exec(inventory);
    assert.deepEqual(additional(after, before), []);
    assert.deepEqual(additional(before, after), []);
  });
});
