import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { clearAmbientCapabilities } from '../native.ts';
import { Output } from './output.ts';

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
  /** Is told the lines that it prints. */
  readonly printed: (line: string) => void;
}

export interface Running {
  /** Resolves when it is gone: with nothing, or with what went wrong. Never rejects. */
  readonly ended: Promise<string | undefined>;
  /** Kills it at once; nobody has to wait. */
  kill(): void;
}

/**
 * Starts a program in a session and process group of its own, which ends with it: after the limit by SIGTERM and then
 * SIGKILL, and by SIGKILL for whatever it leaves behind. It inherits no descriptor, since Node has every one closed on
 * exec, and no capability.
 *
 * env(1) starts it, so that it is not the daemon that waits while a hanging file system keeps the program's file to
 * itself: whoever starts a program waits until its file is read.
 */
export function start(program: Program, clock: Clock): Running {
  try {
    return supervise(launch(program), program, clock);
  } catch (error) {
    // Arguments that are too long, for instance.
    return { ended: Promise.resolve(notStarted(error as Error)), kill() {} };
  }
}

function launch({ command, environment }: Program): ChildProcessWithoutNullStreams {
  clearAmbientCapabilities();
  return spawn('env', ['--', ...command], {
    cwd: '/',
    env: { ...environment },
    stdio: 'pipe',
    detached: true,
  });
}

function supervise(
  child: ChildProcessWithoutNullStreams,
  { input, limit, printed }: Program,
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
  for (const stream of streams) tell(stream, printed);
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
    ended,
    kill() {
      cancel();
      signal('SIGKILL');
      child.unref();
      for (const stream of streams) stream.destroy();
    },
  };
}

/** Tells the lines of a stream until it ends, or until they are too much: then whoever goes on gets SIGPIPE. */
function tell(stream: Readable, printed: (line: string) => void): void {
  const output = new Output(printed);
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    if (output.take(text)) return;
    printed('prints without end; no more is read');
    stream.destroy();
  });
  stream.on('close', () => {
    const left = output.end();
    if (left > 0) printed(`… and ${left} more lines`);
  });
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
