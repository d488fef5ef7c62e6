import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { addIPv6, gateway6, impair6, mend6, targets6 } from '../support/ipv6.ts';
import { lan } from '../support/topology.ts';
import { startEcho } from '../support/traffic.ts';
import { until } from '../support/waiting.ts';
import { PATIENCE, Site } from './site.ts';

const document = fileURLToPath(new URL('../../../docs/hooks.md', import.meta.url));

/** The script of the document that makes radvd's file, for another directory than its own. */
function script(directory: string): string {
  const [, indented = ''] =
    /\n\n( {4}#!\/bin\/sh -eu\n {4}prefix\(\)[^]*?)\n\n(?! {4})/.exec(readFileSync(document, 'utf8')) ?? [];
  assert.notEqual(indented, '');
  return `${indented.replaceAll(/^ {4}/gm, '').replace('/run/fault-tolerant-router', directory)}\nkill -HUP "$(cat radvd.pid)"\n`;
}

test('hosts of the LAN stop using the prefix of a line that is down, and use it again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-radvd-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }]);
  addIPv6(site.internet);
  await startEcho(site.internet.core, targets6);
  const hook = join(directory, 'radvd-prefixes');
  const file = join(directory, 'radvd.conf');
  writeFileSync(hook, script(directory));
  chmodSync(hook, 0o755);
  writeFileSync(file, `interface ${lan.interface} { AdvSendAdvert on; };\n`);
  // Else it answers to nobody, and would not start.
  site.router.sysctl({ 'net/ipv6/conf/all/forwarding': 1 });
  site.router.spawn(['radvd', '-C', file, '-p', join(directory, 'radvd.pid'), '-n', '-m', 'none']);
  await until(() => /^\d+/.test(read(join(directory, 'radvd.pid'))), PATIENCE);

  const { settings } = site;
  settings.uplinks = settings.uplinks.map((uplink) => ({
    ...uplink,
    ipv6: { gateway: gateway6, translate: 'none' },
  }));
  settings.tests.ips = [...settings.tests.ips, ...targets6.slice(0, 3)];
  settings.hooks = [{ on: ['started', 'uplink_up', 'uplink_down'], command: [hook] }];
  await site.start();

  const deprecated = (prefix: string) => {
    const [address] = site.internet.client
      .show(`-6 addr show dev ${lan.interface}`)
      .filter((line) => line.includes(` ${prefix}`));
    return address?.includes('deprecated');
  };
  const stand = (first: boolean, second: boolean) =>
    until(() => deprecated('2001:db8:1:1:') === first && deprecated('2001:db8:2:1:') === second, PATIENCE);
  await stand(false, false);
  impair6(site.internet, 'eth1');
  await stand(true, false);
  mend6(site.internet);
  await stand(false, false);
});

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
