import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { RtNetlink } from '../../src/netlink/rtnetlink.ts';

/** Numbers of the interfaces that kernel.test.ts made. */
export const eth1 = 11;
export const eth2 = 21;

/** The protocol number of the tests' own rules and routes. */
export const PROTOCOL = 70;

/** The kernel of the namespace, closed after the tests of the file. */
export const kernel = new RtNetlink();
after(() => kernel.close());

/** Runs `ip -N` with the words of a command; the lines of its output without the blanks around them. */
export function ip(command: string): string[] {
  const text = execFileSync('ip', ['-N', ...command.split(' ')], { encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Runs many commands in one `ip`. */
export function ipBatch(commands: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: commands.join('\n') });
}
