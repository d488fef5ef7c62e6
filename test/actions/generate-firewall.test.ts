import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../support/program.ts';

const golden = new URL('../../../test/firewall/golden/', import.meta.url);

function run(action: string, file: string) {
  const command = [main, `--config=${file}`, action];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

for (const [action, rules] of [
  ['generate_iptables', 'site.iptables'],
  ['generate_nftables', 'site.nft'],
] as const) {
  test(`${action} prints the rules for a configuration`, () => {
    const stdout = readFileSync(new URL(rules, golden), 'utf8');
    assert.deepEqual(run(action, new URL('site.conf', golden).pathname), { status: 0, stdout, stderr: '' });
  });

  test(`${action} says why there can be none`, (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'ftr-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'unfit.conf');
    writeFileSync(file, 'uplinks: [{interface: eth+, type: ppp, description: DSL}]');
    const { status, stdout, stderr } = run(action, file);
    assert.deepEqual([status, stdout], [78, '']);
    const [name = '', lan = '', ...rest] = stderr.split('\n');
    assert.ok(name.startsWith(`${file}: uplinks[0].interface: "eth+"`), name);
    assert.ok(lan.startsWith(`${file}: downlinks.lan: missing`), lan);
    assert.deepEqual(rest, ['']);
  });
}
