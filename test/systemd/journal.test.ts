import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MESSAGE_IDS } from '../../src/event-name.ts';
import { transcribe } from '../support/waiting.ts';
import type { Machine } from './machine.ts';
import { bootRouter, CONFIGURATION, configure, UNIT } from './router.ts';

/** What must come, comes within this time, ms. */
const PATIENCE = 30_000;

/** An entry of the journal, by the names of its fields. */
type Entry = Readonly<Record<string, string>>;

/** The first entry of a unit, come or still to come, that has all these fields ("NAME=value"). */
async function entryOf(machine: Machine, unit: string, ...fields: string[]): Promise<Entry> {
  const matches = [...fields, `_SYSTEMD_UNIT=${unit}`].map((field) => `'${field}'`).join(' ');
  const { stdout } = machine.spawn(`exec journalctl --follow --lines=all --output=json ${matches}`);
  assert.ok(stdout);
  const entries = transcribe([stdout], (line): Entry => JSON.parse(line));
  return entries.until(() => true, { within: PATIENCE });
}

/** Writes into the journal's queue until it is full: what waits of one socket's entries is limited, too. */
const fill = `
  use Socket; use Fcntl;
  my @crowd;
  do {
    socket my $socket, AF_UNIX, SOCK_DGRAM, 0 or die $!;
    connect $socket, sockaddr_un '/run/systemd/journal/socket' or die $!;
    fcntl $socket, F_SETFL, O_NONBLOCK;
    push @crowd, $socket;
    $taken = 0;
    $taken++ while syswrite $socket, "PRIORITY=7\\nMESSAGE=crowding\\n";
  } while $taken;`;

test('the journal of a machine with systemd', async (t) => {
  const { site, machine } = await bootRouter(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  Object.assign(site.settings.uplinks[0] ?? {}, { description: 'Glass fibre' });
  await configure(machine, site.settings);
  await machine.exec(`journalctl --update-catalog; systemctl start ${UNIT}`);
  await entryOf(machine, UNIT, 'EVENT=started');

  await t.test('finds what befell an uplink', async () => {
    await machine.exec('ip link set eth1 down');
    const entry = await entryOf(machine, UNIT, 'UPLINK=eth1', 'STATE=down', 'EVENT=uplink_down');
    assert.equal(entry['UPLINK_NAME'], 'Glass fibre');
    assert.equal(entry['PRIORITY'], '4');
    assert.equal(entry['SYSLOG_IDENTIFIER'], 'fault_tolerant_router');
    assert.equal(entry['MESSAGE_ID'], MESSAGE_IDS.uplink_down);
    assert.equal(entry['_TRANSPORT'], 'journal');
    assert.equal(entry['MESSAGE'], `Uplink Glass fibre is down: ${entry['REASON']}`);
  });

  await t.test('tells what to do about it', async () => {
    const explained = await machine.exec(`journalctl --catalog --unit=${UNIT} EVENT=uplink_down`);
    assert.match(explained, /Subject: Uplink Glass fibre has failed\n.*Fault Tolerant Router\n.*man:/);
    assert.match(explained, /modem or the PPP daemon of eth1/);
  });

  await t.test('answers to what its document asks', async () => {
    const document = readFileSync(new URL('../../../docs/journal.md', import.meta.url), 'utf8');
    const questions = [...document.matchAll(/^ {4}(journalctl .*?) *(#|$)/gm)].map(
      ([, command = '']) => command,
    );
    assert.ok(questions.length > 5, questions.join());
    for (const question of questions.filter((command) => !command.endsWith(' -f'))) {
      const answer = await machine.exec(question);
      if (question.includes('UPLINK=') || question.includes('uplink_'))
        assert.match(answer, /eth1/, question);
    }
  });

  await t.test('gets by standard output what it was too slow to take, and nobody waits for it', async () => {
    await machine.exec('ip link set eth1 up');
    await entryOf(machine, UNIT, 'UPLINK=eth1', 'EVENT=uplink_up');
    await machine.exec('systemctl kill --kill-whom=main --signal=STOP systemd-journald');
    machine.write('/run/fill.pl', fill);
    await machine.exec('perl /run/fill.pl; ip link set eth2 down');
    await machine.exec(
      `timeout ${PATIENCE / 1000} sh -c 'while ip route show table ${site.balancing} | grep -q eth2; do sleep 0.05; done'`,
    );
    await machine.exec('kill -CONT "$(systemctl show --value --property=MainPID systemd-journald)"');
    const entry = await entryOf(machine, UNIT, 'MESSAGE=Uplink eth2 is down: interface eth2 is down');
    assert.equal(entry['_TRANSPORT'], 'stdout');
    assert.equal(entry['PRIORITY'], '4');
  });

  await t.test('gets everything again when it was started anew', async () => {
    await machine.exec('systemctl restart systemd-journald; ip link set eth2 up');
    await entryOf(machine, UNIT, 'UPLINK=eth2', 'EVENT=uplink_up', '_TRANSPORT=journal');
  });

  await t.test('is not meant where standard output leads elsewhere', async () => {
    const monitor = `fault_tolerant_router --config=${CONFIGURATION} --demo monitor`;
    await machine.exec(`systemd-run --quiet --collect --unit=piped sh -c '${monitor} | sed s/^/piped:/'`);
    const entry = await entryOf(machine, 'piped.service');
    assert.match(entry['MESSAGE'] ?? '', /^piped:\d{4}-\d\d-\d\d /);
  });
});
