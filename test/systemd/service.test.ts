import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PolicyChanges, readPolicy } from '../kernel/policy.ts';
import { lost, type Site } from '../kernel/site.ts';
import type { Machine } from './machine.ts';
import { bootRouter, configure, UNIT } from './router.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];
const BALANCING = 3;

/** What must come true, does within this time, s. */
const PATIENCE = 60;

/** A property of the service; systemctl(1), show. */
async function property(machine: Machine, name: string): Promise<string> {
  return (await machine.exec(`systemctl show --value --property=${name} ${UNIT}`)).trimEnd();
}

/** Waits until a shell command succeeds in a machine. */
async function until(machine: Machine, command: string): Promise<void> {
  await machine.exec(`timeout ${PATIENCE} sh -c 'until ${command}; do sleep 0.05; done'`);
}

/** Waits until a property of the service has a value. */
function become(machine: Machine, name: string, value: string): Promise<void> {
  return until(machine, `[ "$(systemctl show --value --property=${name} ${UNIT})" = "${value}" ]`);
}

/** What the service has said, and systemd of it, after a place in the journal. */
function journal(machine: Machine, cursor = ''): Promise<string> {
  return machine.exec(`journalctl --output=cat --unit=${UNIT} ${cursor && `--after-cursor='${cursor}'`}`);
}

/** The place in the journal of what is said next. */
async function cursor(machine: Machine): Promise<string> {
  const text = await machine.exec('journalctl --lines=1 --show-cursor --quiet');
  return /^-- cursor: (.*)$/m.exec(text)?.[1] ?? '';
}

/**
 * Sends its process a signal that it cannot survive; what was said of that. The service is started again, and neither
 * kernel nor traffic notices.
 */
async function survive(site: Site, machine: Machine, signal: 'KILL' | 'STOP'): Promise<string> {
  const [connections, flows] = [site.connect(), site.flow()];
  await flows.next(60);
  const changes = await PolicyChanges.listen(site.router);
  const since = await cursor(machine);
  const restarts = Number(await property(machine, 'NRestarts'));
  await machine.exec(`systemctl kill --kill-whom=main --signal=${signal} ${UNIT}`);
  await become(machine, 'NRestarts', String(restarts + 1));
  await become(machine, 'ActiveState', 'active');
  assert.deepEqual(await changes.heard(), []);
  assert.deepEqual([lost(await connections.stop()), lost(await flows.stop())], [[], []]);
  return journal(machine, since);
}

/** A router whose service has not started yet, and is not patient with a process that hangs. */
async function boot(t: TestContext) {
  const router = await bootRouter(t, lines);
  router.machine.write(`/run/systemd/system/${UNIT}.d/test.conf`, '[Service]\nWatchdogSec=4s\n');
  await router.machine.exec('systemctl daemon-reload');
  return router;
}

test('the service', async (t) => {
  const { site, machine } = await boot(t);

  await t.test('has started when its routes are in place', async () => {
    const routes = await machine.exec(`systemctl start ${UNIT}; ip route show table ${BALANCING}`);
    assert.match(routes, /dev eth1.*\n.*dev eth2/);
    assert.deepEqual(lost(await site.connect().take(40)), []);
  });

  await t.test('has a user of its own and two capabilities, which are enough', async () => {
    const status = await machine.exec(`cat /proc/${await property(machine, 'MainPID')}/status`);
    const user = Number(await machine.exec('id -u fault-tolerant-router'));
    assert.match(status, new RegExp(`^Uid:\t${user}\t${user}\t`, 'm'));
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      assert.match(status, new RegExp(`^Cap${set}:\t0+3000$`, 'm'));
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^Seccomp:\t2$/m);
    assert.doesNotMatch(await journal(machine), /failed|cannot|EPERM|EACCES|EROFS/);
  });

  await t.test('has a unit without fault, closed to what it does not need', async () => {
    const verdict = await machine.run(`systemd-analyze verify --recursive-errors=yes ${UNIT}`);
    assert.deepEqual(verdict, { status: 0, stdout: '', stderr: '' });
    await machine.exec(`systemd-analyze security --offline=yes --threshold=17 ${UNIT}`);
  });

  await t.test('says in a line who routes', async () => {
    assert.equal(await property(machine, 'StatusText'), '2 of 2 uplinks work; eth1 50 %, eth2 50 %');
    site.internet.impair('eth2', 'beyond');
    await become(machine, 'StatusText', '1 of 2 uplinks works; eth1 100 %');
    site.internet.mend('eth2');
    await become(machine, 'StatusText', '2 of 2 uplinks work; eth1 50 %, eth2 50 %');
  });

  await t.test('has the changed file in force when it was reloaded', async () => {
    const [first] = site.settings.uplinks;
    assert.ok(first);
    await configure(machine, {
      ...site.settings,
      uplinks: [{ ...first, weight: 3 }, ...site.settings.uplinks.slice(1)],
    });
    const routes = await machine.exec(`systemctl reload ${UNIT}; ip route show table ${BALANCING}`);
    assert.match(routes, /dev eth1 weight 3/);
    assert.equal(await property(machine, 'StatusText'), '2 of 2 uplinks work; eth1 75 %, eth2 25 %');
    assert.equal(await property(machine, 'ActiveState'), 'active');
  });

  await t.test('lets a group ask it: its own at once, another one when its unit says so', async () => {
    const socket = '/run/fault-tolerant-router/control.sock';
    const access = async () => (await machine.exec(`stat --format='%a %G' ${socket}`)).trimEnd();
    assert.equal(await access(), '600 fault-tolerant-router');
    await configure(machine, { ...site.settings, control: { group: 'fault-tolerant-router' } });
    await machine.exec(`systemctl reload ${UNIT}`);
    await until(machine, `[ -n "$(find ${socket} -perm 660)" ]`);
    await machine.exec('groupadd netadmin');
    await configure(machine, { ...site.settings, control: { group: 'netadmin' } });
    await machine.exec(`systemctl reload ${UNIT}`);
    await until(machine, `[ -n "$(find ${socket} -perm 600)" ]`);
    const [, groups = '', calls = ''] =
      /\(in its systemd unit: (\S+), (\S+)\)/.exec(await journal(machine)) ?? [];
    machine.write(`/run/systemd/system/${UNIT}.d/group.conf`, `[Service]\n${groups}\n${calls}\n`);
    await machine.exec(`systemctl daemon-reload; systemctl restart ${UNIT}`);
    await until(machine, `[ -n "$(find ${socket} -group netadmin -perm 660)" ]`);
  });

  await t.test('says why it keeps the old file when the new one has faults', async () => {
    const before = readPolicy(site.router);
    const since = await cursor(machine);
    await configure(machine, 'uplinks: []\n');
    assert.notEqual((await machine.run(`systemctl reload ${UNIT}`)).status, 0);
    assert.match(
      await journal(machine, since),
      /fault_tolerant_router\.conf:1:10: uplinks: the list of uplinks is empty/,
    );
    assert.equal(await property(machine, 'ActiveState'), 'active');
    assert.deepEqual(readPolicy(site.router), before);
    await configure(machine, site.settings);
    await machine.exec(`systemctl reload ${UNIT}`);
  });

  await t.test('is there again after a crash, which costs no connection', async () => {
    assert.match(await survive(site, machine, 'KILL'), /code=killed, status=9/);
  });

  await t.test('is there again after a hang, which costs no connection', async () => {
    assert.match(await survive(site, machine, 'STOP'), /Watchdog timeout/);
  });

  await t.test('leaves the routing as it is when it is stopped', async () => {
    const connections = site.connect();
    await connections.next(40);
    const before = readPolicy(site.router);
    await machine.exec(`systemctl stop ${UNIT}`);
    assert.equal(await property(machine, 'Result'), 'success');
    assert.deepEqual(readPolicy(site.router), before);
    await connections.next(40);
    assert.deepEqual(lost(await connections.stop()), []);
  });
});

test('a service that cannot do its work', async (t) => {
  const { site, machine } = await boot(t);
  const failing = async () => {
    const since = await cursor(machine);
    assert.notEqual((await machine.run(`systemctl start ${UNIT}`)).status, 0);
    assert.equal(await property(machine, 'ActiveState'), 'failed');
    assert.equal(await property(machine, 'ExecMainStatus'), '78');
    assert.equal(await property(machine, 'NRestarts'), '0');
    return journal(machine, since);
  };

  await t.test('says what is wrong with its file, and stays away', async () => {
    await configure(machine, 'uplinks: []\n');
    assert.match(await failing(), /fault_tolerant_router\.conf:1:10: uplinks: the list of uplinks is empty/);
  });

  await t.test('says how it may read a file that is for root alone', async () => {
    await configure(machine, site.settings);
    const file = '/etc/fault_tolerant_router.conf';
    await machine.exec(`chmod 600 ${file}`);
    const said = await failing();
    const [, advice = ''] = /for the service: (.*)$/m.exec(said) ?? [];
    await machine.exec(`${advice} && systemctl start ${UNIT}`);
    await machine.exec(`systemctl stop ${UNIT}`);
  });

  await t.test('has the password that a credential holds', async () => {
    const email = {
      send: false,
      sender: 'router@example.com',
      recipients: ['admin@example.com'],
      smtp_parameters: { address: '127.0.0.1', port: 1, user_name: 'router', password_file: 'smtp-password' },
    };
    await configure(machine, { ...site.settings, email });
    assert.match(await failing(), /password_file: the service has no credential smtp-password$/m);
    const mailing = async () => (await machine.run('fault_tolerant_router email_test')).stderr;
    assert.match(await mailing(), /credential smtp-password, which nobody else has/);
    machine.write('/etc/credstore/fault-tolerant-router.smtp-password', 'correct horse\n', 0o600);
    await machine.exec(`systemctl start ${UNIT}`);
    assert.match(await mailing(), /ECONNREFUSED/);
    await machine.exec(`systemctl stop ${UNIT}`);
  });

  await t.test('writes a log file in its own directory, and says so of one elsewhere', async () => {
    const since = await cursor(machine);
    await configure(machine, { ...site.settings, log: { file: '/var/log/fault_tolerant_router.log' } });
    await machine.exec(`systemctl start ${UNIT}`);
    await until(machine, `journalctl --quiet --after-cursor="${since}" --grep="Log file .* takes no lines"`);
    const [, directory = ''] =
      /; the service has (\S+) for its log files$/m.exec(await journal(machine, since)) ?? [];
    const file = `${directory}/router.log`;
    await configure(machine, { ...site.settings, log: { file } });
    await machine.exec(`systemctl reload ${UNIT}`);
    await until(machine, `grep -q "in force" ${file}`);
    await machine.exec(`systemctl stop ${UNIT}`);
  });

  await t.test('is skipped without a file', async () => {
    await machine.exec(
      `mv /etc/fault_tolerant_router.conf /etc/fault_tolerant_router.kept; systemctl start ${UNIT}`,
    );
    assert.equal(await property(machine, 'ActiveState'), 'inactive');
    assert.equal(await property(machine, 'ConditionResult'), 'no');
  });

  await t.test('can read what generate_config writes', async () => {
    await machine.exec(`fault_tolerant_router generate_config && systemctl start ${UNIT}`);
  });
});
