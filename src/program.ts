import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';
import { clearAmbientCapabilities, raiseAmbientCapability } from './native.ts';

/** From SIGTERM to SIGKILL, ms. */
export const GRACE = 2000;

/** What a program has printed is read at most so long after its end, ms, if others hold its output open. */
const REST = 1000;

/** A program to run, and what it gets. */
export interface Program {
  /** Its path, or a name to be found in PATH of the environment; then its arguments. No shell reads them. */
  readonly command: readonly string[];
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For its standard input. */
  readonly input: string;
  /** It may run so long, ms. */
  readonly limit: number;
  /** Reads what it prints, as UTF-8. */
  readonly output: (stream: Readable, of: 'stdout' | 'stderr') => void;
  /** CAP_* (linux/capability.h) that it inherits; none unless told. */
  readonly capability?: number;
}

export interface Running {
  /** Its process; absent: it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when it is gone: with nothing, or with what went wrong. Never rejects. */
  readonly ended: Promise<string | undefined>;
  /** Kills it at once; nobody has to wait. */
  kill(): void;
}

/**
 * Starts a program in a session and process group of its own, which ends with it: after the limit by SIGTERM and then
 * SIGKILL, and by SIGKILL for whatever it leaves behind. It inherits no descriptor, since Node has every one closed on
 * exec, and no capability but the one that it is to have.
 *
 * env(1) starts it, so that it is not the daemon that waits while a hanging file system keeps the program's file to
 * itself: whoever starts a program waits until its file is read.
 */
export function start(program: Program, clock: Clock): Running {
  try {
    return supervise(launch(program), program, clock);
  } catch (error) {
    // Arguments that are too long, for instance.
    return { pid: undefined, ended: Promise.resolve(notStarted(error as Error)), kill() {} };
  }
}

function launch({ command, environment, capability }: Program): ChildProcessWithoutNullStreams {
  clearAmbientCapabilities();
  if (capability !== undefined) raiseAmbientCapability(capability);
  return spawn('env', ['--', ...command], {
    cwd: '/',
    env: { ...environment },
    stdio: 'pipe',
    detached: true,
  });
}

function supervise(
  child: ChildProcessWithoutNullStreams,
  { input, limit, output }: Program,
  clock: Clock,
): Running {
  const { pid, stdin, stdout, stderr } = child;
  let late = false;
  const signal = (name: NodeJS.Signals) => signalGroup(pid, name);
  let cancel = clock.at(clock.now() + limit, () => {
    late = true;
    signal('SIGTERM');
    cancel = clock.at(clock.now() + GRACE, () => signal('SIGKILL'));
  });
  // A program need not read what it is told.
  stdin.on('error', () => {});
  stdin.end(input);
  const streams = [stdout, stderr];
  for (const stream of streams) stream.setEncoding('utf8');
  output(stdout, 'stdout');
  output(stderr, 'stderr');
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => {
      cancel();
      resolve(notStarted(error));
    });
    child.once('exit', () => {
      cancel();
      signal('SIGKILL');
      cancel = clock.at(clock.now() + REST, () => streams.forEach((stream) => stream.destroy()));
    });
    child.once('close', (code, signal) => {
      cancel();
      resolve(late ? `took longer than ${limit / 1000} s and was killed` : fault(code, signal));
    });
  });
  return {
    pid,
    ended,
    kill() {
      cancel();
      signal('SIGKILL');
      child.unref();
      for (const stream of streams) stream.destroy();
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // There is nobody left.
  }
}

function notStarted({ message }: Error): string {
  return `could not be started: ${message}`;
}

function fault(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `was killed by ${signal}`;
  return code === 0 ? undefined : `failed with status ${code}`;
}
