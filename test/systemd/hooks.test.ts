import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bootRouter, configure, UNIT } from './router.ts';

const document = readFileSync(new URL('../../../docs/hooks.md', import.meta.url), 'utf8');
/** The unit that the document shows under this name. */
const unitOf = (name: string) => {
  const [, text = ''] =
    new RegExp(`^ {4}# /etc/systemd/system/${name}\n((?: {4}.*\n)+)`, 'm').exec(document) ?? [];
  return text.replaceAll(/^ {4}/gm, '');
};

/** Waits until a condition holds, for 20 s at most. */
const within = (condition: string) =>
  `for i in $(seq 200); do if ${condition}; then break; fi; sleep 0.1; done;`;

test('a hook of the service has neither privileges nor the service manager, and can call a unit that is root', async (t) => {
  const { site, machine } = await bootRouter(t, [{ name: 'eth1' }]);
  const look =
    'id -un; grep CapEff /proc/self/status; env | grep -c -e NOTIFY -e JOURNAL -e CREDENTIALS || true';
  site.settings.hooks = [
    { on: ['started'], command: ['sh', '-c', look] },
    { on: ['started'], command: ['/usr/bin/touch', '/run/fault-tolerant-router/changed'] },
  ];
  await configure(machine, site.settings);
  for (const name of ['router-changed.path', 'router-changed.service'])
    machine.write(`/etc/systemd/system/${name}`, unitOf(name), 0o644);
  machine.write('/usr/local/sbin/router-changed', '#!/bin/sh\nid -un >/run/changed-by\n', 0o755);
  await machine.exec(`systemctl daemon-reload; systemctl start router-changed.path ${UNIT}`);
  const log = await machine.exec(
    `${within(`journalctl --output=cat --unit=${UNIT} | grep -q 'Hook sh: started '`)}
     journalctl --output=cat --unit=${UNIT} | grep 'Hook sh'`,
  );
  assert.deepEqual(log.split('\n').slice(0, 3), [
    'Hook sh: fault-tolerant-router',
    `Hook sh: CapEff: ${'0'.repeat(16)}`,
    'Hook sh: 0',
  ]);
  const by = await machine.exec(`${within('[ -s /run/changed-by ]')} cat /run/changed-by`);
  assert.equal(by, 'root\n');
});

test('the word whether the router is offline outlives the service', async (t) => {
  const { machine } = await bootRouter(t, [{ name: 'eth1' }]);
  await machine.exec(`systemctl start ${UNIT}`);
  const file = '/var/lib/fault-tolerant-router/offline';
  await machine.exec(`${within(`[ -s ${file} ]`)} systemctl stop ${UNIT}`);
  assert.equal(await machine.exec(`cat ${file}`), '0\n');
});
