import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';

/** Where `ip netns` keeps its names, ip-netns(8). */
const directory = '/run/netns';

/**
 * Waits for the end of its input, which comes when the laboratory is closed or its process dies, however it
 * dies; then kills whatever still runs in the namespaces of the prefix and deletes them. So there is one way
 * to clean up, and a crash takes the same. It finds programs by their namespace: one that was started in the
 * very millisecond of a crash may not have entered it yet, and stays.
 */
const keeper = `
  cat >/dev/null
  for namespace in ${directory}/"$1"*; do
    [ -e "$namespace" ] || continue
    name=\${namespace##*/}
    while pids=$(ip netns pids "$name") && [ -n "$pids" ]; do kill -KILL $pids; done
    ip netns delete "$name" || failed=1
  done
  exit \${failed:-0}`;

let laboratories = 0;

/**
 * A set of network namespaces and the programs in them, all gone when it is closed or when this process ends
 * in any way. Needs root.
 */
export class Laboratory {
  readonly #prefix = `${prefixOf(process.pid)}${++laboratories}-`;
  readonly #keeper: ChildProcess;
  readonly #programs = new Set<ChildProcess>();

  constructor() {
    // In a session of its own, so that Ctrl-C in a terminal does not reach it; not waited for, so that this
    // process can end without closing.
    this.#keeper = spawn('/bin/sh', ['-c', keeper, 'keeper', this.#prefix], {
      detached: true,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    this.#keeper.unref();
    (this.#keeper.stdin as unknown as { unref(): void }).unref();
  }

  /** Makes namespaces, named after the labels, with the loopback interface down as the kernel leaves it. */
  namespaces<const L extends string>(...labels: L[]): Record<L, Namespace> {
    const made = labels.map((label) => new Namespace(this.#prefix + label, this.#programs));
    this.ip(made.map(({ name }) => `netns add ${name}`));
    return Object.fromEntries(labels.map((label, index) => [label, made[index]])) as Record<L, Namespace>;
  }

  /**
   * Runs `ip` commands in one process outside of the namespaces, to make links that have an end in each of
   * two; throws with the message of `ip`.
   */
  ip(commands: readonly string[]): void {
    run('ip', ['-batch', '-'], commands.join('\n'));
  }

  /**
   * Kills every program, deletes every namespace; resolves when all are gone, throws when something stayed.
   */
  async close(): Promise<void> {
    // By its handle too: a program that was started a moment ago has not entered its namespace yet, and the
    // keeper cannot see that it is one of ours.
    const ends = [...this.#programs].map((program) => once(program, 'exit'));
    for (const program of this.#programs) program.kill('SIGKILL');
    if (this.#keeper.exitCode === null) {
      this.#keeper.ref();
      this.#keeper.stdin?.end();
      await once(this.#keeper, 'exit');
    }
    await Promise.all(ends);
    if (this.#keeper.exitCode !== 0) throw new Error(`left open: ${openNamespaces().join(', ')}`);
  }
}

/** A network namespace of a laboratory. */
export class Namespace {
  readonly name: string;
  readonly #programs: Set<ChildProcess>;

  constructor(name: string, programs: Set<ChildProcess>) {
    this.name = name;
    this.#programs = programs;
  }

  /**
   * Runs a program to its end; its standard output. Throws with the standard error in the message when it
   * fails.
   */
  exec(command: readonly string[], input = ''): string {
    return run('nsenter', [`--net=${directory}/${this.name}`, '--', ...command], input);
  }

  /**
   * Starts a program that runs on; its pid is the program's own. Standard output is piped, standard error
   * inherited, unless told.
   */
  spawn(command: readonly string[], stdio: StdioOptions = ['ignore', 'pipe', 'inherit']): ChildProcess {
    const program = spawn('nsenter', [`--net=${directory}/${this.name}`, '--', ...command], { stdio });
    this.#programs.add(program);
    program.once('exit', () => this.#programs.delete(program));
    return program;
  }

  /**
   * Runs `ip` commands, all in one process: "link set eth1 up", "route add ..."; throws with the message of
   * `ip` at the first that fails.
   */
  ip(commands: readonly string[]): void {
    run('ip', ['-n', this.name, '-batch', '-'], commands.join('\n'));
  }

  /**
   * What one `ip` command prints, with numbers for names of tables and protocols: the lines, without the
   * blanks that end them.
   */
  show(command: string): string[] {
    const text = run('ip', ['-N', '-n', this.name, '-oneline', ...command.split(' ')]);
    return text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  }

  /** Loads nftables commands in one transaction; throws with the message of `nft`. */
  nft(ruleset: string): void {
    this.exec(['nft', '-f', '-'], ruleset);
  }

  /** Writes kernel settings, named by their path below /proc/sys: {"net/ipv4/ip_forward": 1}. */
  sysctl(settings: Readonly<Record<string, number>>): void {
    const writes = Object.entries(settings).map(([path, value]) => `echo ${value} > /proc/sys/${path}`);
    this.exec(['sh', '-e'], writes.join('\n'));
  }
}

/**
 * Sends a signal that ends a running program and waits until it is gone and its output was read to the end;
 * its exit code, or null when a signal killed it.
 */
export async function terminate(program: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (program.exitCode === null && program.signalCode === null) {
    const end = once(program, 'close');
    program.kill(signal);
    await end;
  }
  return program.exitCode;
}

/** Names of the namespaces that a process's laboratories have open: none after they are closed. */
export function openNamespaces(pid: number = process.pid): string[] {
  return readdirSync(directory).filter((name) => name.startsWith(prefixOf(pid)));
}

function prefixOf(pid: number): string {
  return `ftr-${pid}-`;
}

function run(program: string, args: readonly string[], input = ''): string {
  return execFileSync(program, args, { input, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 });
}
