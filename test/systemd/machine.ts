import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Namespace } from '../support/namespace.ts';
import { transcribe } from '../support/waiting.ts';

const bootScript = fileURLToPath(new URL('../../../test/systemd/boot.sh', import.meta.url));

/** Enters the namespaces of a machine and its control group, so that the machine's end is that of the program. */
const enter = `
  echo $$ >"$2/enter/cgroup.procs"
  exec nsenter --target "$1" --mount --net --pid --uts --ipc --cgroup --root --wd -- \
    env -i HOME=/root LANG=C.UTF-8 SYSTEMD_PAGER= PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -ec "$3"`;

/** How a script has ended, and what it printed on standard output and standard error. */
export interface Ending {
  /** Exit status; null when a signal killed it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A machine with a real systemd as its first process: this machine's files, where writing harms nothing, and a
 * network namespace; boot.sh tells more.
 */
export class Machine {
  readonly #boot: ChildProcess;
  /** Of its first process, as seen from here. */
  readonly #pid: string;
  /** The directory of the control group of all that runs in it. */
  readonly #cgroup: string;

  private constructor(boot: ChildProcess, pid: string, cgroup: string) {
    this.#boot = boot;
    this.#pid = pid;
    this.#cgroup = cgroup;
  }

  /**
   * Boots it, in about a second, until the test ends. `trees` are directories that are laid over its files first, as a
   * package would: installed() of installation.ts for one.
   */
  static async boot(
    test: TestContext,
    namespace: Namespace,
    trees: readonly string[] = [],
  ): Promise<Machine> {
    const boot = spawn(bootScript, [namespace.name, ...trees], { stdio: ['pipe', 'pipe', 'inherit'] });
    test.after(async () => {
      if (boot.exitCode !== null || boot.signalCode !== null) return;
      boot.stdin.end();
      await once(boot, 'exit');
    });
    const booted = await transcribe([boot.stdout], String).until((line) => line.startsWith('booted '), {
      within: 60_000,
    });
    const [, pid = '', cgroup = ''] = booted.split(' ');
    return new Machine(boot, pid, cgroup);
  }

  /** Starts a shell script (set -e) in it, which runs on; standard error is inherited unless told. */
  spawn(script: string, stderr: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
    const args = ['-ec', enter, 'enter', this.#pid, this.#cgroup, script];
    // In a session of its own: `kill 0` in a script is not meant for the tests.
    return spawn('sh', args, { detached: true, stdio: ['ignore', 'pipe', stderr] });
  }

  /** Runs a shell script (set -e) in it to its end. */
  async run(script: string): Promise<Ending> {
    const shell = this.spawn(script, 'pipe');
    const [stdout, stderr] = [shell.stdout, shell.stderr].map((stream) => collect(stream as Readable));
    const [status] = (await once(shell, 'close')) as [number | null];
    return { status, stdout: stdout?.() ?? '', stderr: stderr?.() ?? '' };
  }

  /** As `run`; what the script printed on standard output. Throws with all that it printed when it fails. */
  async exec(script: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(script);
    if (status !== 0) throw new Error(`${script}\nended with status ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Where one of its files is to be found from here. */
  path(file: string): string {
    return `/proc/${this.#pid}/root${file}`;
  }

  /** Writes one of its files, in a directory that is made if need be. */
  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
    chmodSync(this.path(file), mode);
  }

  /** Powers it off, as the end of the test does. */
  async powerOff(): Promise<void> {
    this.#boot.stdin?.end();
    await once(this.#boot, 'exit');
  }
}

/** Reads a stream; returns the function that says what has come. */
function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
