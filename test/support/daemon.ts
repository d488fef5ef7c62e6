import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Namespace, terminate } from './namespace.ts';
import { type Transcript, transcribe } from './waiting.ts';
import { main } from './program.ts';

/** How the program is started, beside its configuration. */
export interface Start {
  /** More options of its command line. */
  readonly options?: readonly string[];
  /** What follows the action. */
  readonly operands?: readonly string[];
  /** The command that starts it, setpriv(1) with its options for instance. */
  readonly by?: readonly string[];
}

/** The real daemon, running in a namespace with a configuration file of its own. */
export class Daemon {
  /** What it printed, on standard output and standard error. */
  readonly log: Transcript<string>;
  readonly #process: ChildProcess;
  readonly #file: string;

  /** Starts `monitor` with a configuration, given as its values (JSON is YAML) or as the text of the file. */
  constructor(namespace: Namespace, configuration: object | string, start: Start = {}) {
    const directory = makeDirectory();
    this.#file = join(directory, 'fault_tolerant_router.conf');
    this.configure(configuration);
    // Two daemons on one machine must share neither the control socket nor the queue of mail.
    const own = ['RUNTIME_DIRECTORY', 'STATE_DIRECTORY'].map(
      (name) => `${name}=${process.env[name] ?? directory}`,
    );
    const command = ['env', ...own, ...commandLine('monitor', this.#file, start)];
    this.#process = namespace.spawn(command, ['ignore', 'pipe', 'pipe']);
    this.log = transcribe([this.#process.stdout as Readable, this.#process.stderr as Readable], String);
    this.#process.once('exit', () => rmSync(directory, { recursive: true }));
  }

  /** Writes the configuration file anew; a running daemon reads it at SIGHUP. */
  configure(configuration: object | string): void {
    writeFileSync(this.#file, fileText(configuration));
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Processor time that it has used so far, of user and system, in ms; proc_pid_stat(5). */
  get processorTime(): number {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8');
    const [utime, stime] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    // In ticks, of which user space sees 100 a second, whatever the kernel's own rate.
    return (Number(utime) + Number(stime)) * 10;
  }

  /**
   * Sends a signal that ends it; its exit code, or null when the signal killed it, once it is gone and its
   * log complete.
   */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    return terminate(this.#process, signal);
  }
}

/**
 * Runs an action of the program to its end in a namespace; what it printed on standard output. Throws an
 * error with `status` and `stderr` when it fails.
 */
export function runAction(
  namespace: Namespace,
  action: 'monitor' | 'check' | 'plan' | 'clear' | 'balance_test',
  configuration: object | string,
  start: Start = {},
): string {
  const directory = makeDirectory();
  try {
    const file = join(directory, 'fault_tolerant_router.conf');
    writeFileSync(file, fileText(configuration));
    return namespace.exec(commandLine(action, file, start));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Readable by everybody: the program may run as nobody. */
function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-'));
  chmodSync(directory, 0o755);
  return directory;
}

function fileText(configuration: object | string): string {
  return typeof configuration === 'string' ? configuration : JSON.stringify(configuration, null, 2);
}

/** The options for Node itself that stand in the program's first line. */
const nodeOptions = /^#!\S+ -S node(.*)/.exec(readFileSync(main, 'utf8'))?.[1]?.trim().split(' ') ?? [];

/** As a shell would start the program, but with the Node that runs the tests. */
function commandLine(
  action: string,
  file: string,
  { by = [], options = [], operands = [] }: Start,
): string[] {
  return [...by, process.execPath, ...nodeOptions, main, `--config=${file}`, ...options, action, ...operands];
}
