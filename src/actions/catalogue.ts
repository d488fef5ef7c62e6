import type { Action } from './action.ts';

/** A word that follows an action. */
export interface Operand {
  /** As the usage shows it: "UPLINK". */
  readonly name: string;
  /** What it is, for who completes it: the name of an uplink, or one of these. */
  readonly of?: 'uplink' | readonly string[];
}

/** An option. */
export interface Option {
  /** What stands for its value in the usage: "FILE"; absent: it has none. */
  readonly value?: string;
  /** A single letter. */
  readonly short?: string;
  /** It may be said several times. */
  readonly repeatable?: true;
  readonly help: string;
}

/** An action, what it is for, and what may be said to it. */
export interface Entry {
  /** Loaded when it is chosen: the daemon shall not wait for what it does not need. */
  readonly load: () => Promise<Action>;
  readonly help: string;
  readonly operands?: readonly Operand[];
  readonly options?: Readonly<Record<string, Option>>;
}

const UPLINK: Operand = { name: 'UPLINK', of: 'uplink' };

/** Everything that the program does; usage, completion and what is allowed follow from it. */
export const CATALOGUE: Readonly<Record<string, Entry>> = {
  monitor: {
    load: async () => (await import('./monitor.ts')).monitor,
    help: 'probe the uplinks and keep the routing; SIGHUP: reload, SIGTERM: stop',
    options: {
      record: { value: 'FILE', help: 'append to this file what each decision is made of, for replay' },
    },
  },
  status: {
    load: async () => (await import('./status.ts')).status,
    help: 'show how the uplinks are, and why; the exit status says if all is well',
    options: {
      json: { help: 'print it as JSON' },
      watch: { help: 'show it anew every second, until Ctrl-C' },
    },
  },
  events: {
    load: async () => (await import('./events.ts')).events,
    help: 'show what has happened of late, and why',
    options: {
      json: { help: 'print it as JSON; with --follow one object a line' },
      follow: { help: 'go on with what happens, until Ctrl-C' },
    },
  },
  reload: {
    load: async () => (await import('./reload.ts')).reload,
    help: 'have the daemon put its file in force, or say what is wrong with it',
  },
  check: {
    load: async () => (await import('./check.ts')).check,
    help: 'judge the configuration, and print what would be made of it',
  },
  plan: {
    load: async () => (await import('./plan.ts')).plan,
    help: 'print what would change in the kernel, and change nothing',
  },
  force: {
    load: async () => (await import('./force.ts')).force,
    help: 'use an uplink, or do not, whatever its tests say; auto: as they say',
    operands: [UPLINK, { name: 'STATE', of: ['up', 'down', 'auto'] }],
  },
  drain: {
    load: async () => (await import('./drain.ts')).drain,
    help: 'give an uplink no new connections; those that it has stay',
    operands: [UPLINK],
    options: {
      for: { value: 'TIME', help: 'ends after this time: 90s, 10m, 2h (default: when it is forced to auto)' },
    },
  },
  replay: {
    load: async () => (await import('./replay.ts')).replay,
    help: 'tell what was decided in a trace and why, and try other settings on it',
    operands: [{ name: 'FILE' }],
    options: {
      set: {
        value: 'SETTING',
        repeatable: true,
        help: 'try this KEY=VALUE, as in tests.fall=2, on the same probes',
      },
    },
  },
  probe: {
    load: async () => (await import('./probe.ts')).probe,
    help: 'ask all targets of an uplink now, and decide nothing by it',
    operands: [UPLINK],
  },
  explain: {
    load: async () => (await import('./explain.ts')).explain,
    help: 'tell where a new connection would go, and why',
    operands: [{ name: 'DESTINATION' }],
    options: {
      from: { value: 'ADDRESS', help: 'of a host in the LAN, or one of this host (default: this host)' },
      mark: { value: 'MARK', help: 'that the firewall has put on it, as in 1 or 0x1' },
      in: { value: 'INTERFACE', help: 'that it comes from (default: the one that leads back to --from)' },
      protocol: { value: 'PROTOCOL', help: 'tcp, udp or icmp (default: tcp)' },
      port: { value: 'PORT', help: 'that it goes to' },
      dscp: { value: 'DSCP', help: 'its class of service, as in ef or 46' },
    },
  },
  balance_test: {
    load: async () => (await import('./balance-test.ts')).balanceTest,
    help: 'ask the kernel how so many connections would spread',
    operands: [{ name: 'NUMBER' }],
    options: { json: { help: 'print it as JSON' } },
  },
  generate_config: {
    load: async () => (await import('./generate-config.ts')).generateConfig,
    help: 'write an example of a configuration file',
  },
  generate_iptables: {
    load: async () => (await import('./generate-firewall.ts')).generateIptables,
    help: 'print firewall rules for iptables-restore',
  },
  generate_nftables: {
    load: async () => (await import('./generate-firewall.ts')).generateNftables,
    help: 'print firewall rules for nft',
  },
  email_test: {
    load: async () => (await import('./email-test.ts')).emailTest,
    help: 'send a test message to the recipients of mail',
  },
  clear: {
    load: async () => (await import('./clear.ts')).clear,
    help: 'remove our rules and routes, and nothing else',
  },
};

export const DEFAULT_FILE = '/etc/fault_tolerant_router.conf';

/** Options that may stand with any action. */
export const COMMON = {
  config: { value: 'FILE', help: `the configuration file (default: ${DEFAULT_FILE})` },
  socket: { value: 'PATH', help: 'where a running daemon is asked (default: as the configuration says)' },
  debug: { help: 'tell of each probe and each decision' },
  demo: { help: "play with invented uplinks' states: no privileges are needed, nothing is changed" },
  help: { short: 'h', help: 'print this' },
  version: { short: 'v', help: 'print the version' },
} as const satisfies Readonly<Record<string, Option>>;
