import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/** Runs one `ip` command here; what it prints. */
export function ip(command: string): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8' });
}

/** Drops what comes in by the first line until the test is over: the packets of a family, "ip" or "arp". */
export function cut(t: TestContext, family: 'ip' | 'arp'): void {
  const table = `table ${family} cut`;
  const nft = (input: string) => execFileSync('nft', ['-f', '-'], { input });
  nft(`${table} {\nchain input {\ntype filter hook input priority 0\niifname "eth1" drop\n}\n}`);
  t.after(() => nft(`delete ${table}`));
}
