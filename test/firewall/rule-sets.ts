import { execFileSync } from 'node:child_process';
import { iptablesRules } from '../../src/firewall/iptables.ts';
import { nftablesRules } from '../../src/firewall/nftables.ts';
import type { Zones } from '../../src/firewall/zones.ts';

/** A kind of rule set, and the program that takes it. */
export interface Firewall {
  readonly generate: (zones: Zones) => string;
  /** Loads the rule set on its standard input. */
  readonly load: readonly string[];
  /** Tries it and loads nothing. */
  readonly check: readonly string[];
  /** Prints what is loaded. */
  readonly list: readonly string[];
}

const iptables = (backEnd: 'nft' | 'legacy'): Firewall => ({
  generate: iptablesRules,
  load: [`iptables-${backEnd}-restore`],
  check: [`iptables-${backEnd}-restore`, '--test'],
  list: [`iptables-${backEnd}-save`],
});

export const firewalls: Readonly<Record<string, Firewall>> = {
  'iptables on nf_tables': iptables('nft'),
  'iptables on its legacy back end': iptables('legacy'),
  nftables: {
    generate: nftablesRules,
    load: ['nft', '--file', '-'],
    check: ['nft', '--check', '--file', '-'],
    list: ['nft', 'list', 'ruleset'],
  },
};

/** A rule set with its samples put in force: the rules behind a "#" that no blank follows. */
export function withSamples(rules: string, values: { port: number; host: string; address: string }): string {
  return withSample(rules, /./, values);
}

/** A rule set with those of its samples put in force that match. */
export function withSample(
  rules: string,
  sample: RegExp,
  { port = 0, host = '', address = '' }: { port?: number; host?: string; address?: string },
): string {
  return rules.replaceAll(/^( *)#(?![! ])(.+)$/gm, (line, indent: string, rule: string) =>
    sample.test(rule)
      ? indent +
        rule
          .replace(/\bPORT\b/, String(port))
          .replace(/\bHOST\b/, host)
          .replace(/\bADDRESS\b/, address)
      : line,
  );
}

/**
 * Runs commands one after another in a network namespace of their own, each with this standard input; what the
 * last one printed. Throws with its standard error when one fails.
 */
export function inEmptyNamespace(commands: readonly (readonly string[])[], input: string): string {
  const script =
    'rules=$(cat; echo .); rules=${rules%.}\n' +
    commands.map((command) => `printf %s "$rules" | ${command.join(' ')}`).join('\n');
  return execFileSync('unshare', ['--net', 'sh', '-ec', script], { input, encoding: 'utf8', stdio: 'pipe' });
}
