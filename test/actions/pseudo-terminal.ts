import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { Transcript } from '../support/waiting.ts';

/** All that a program has written to standard output so far, once for each piece. */
export function written(program: ChildProcess): Transcript<string> {
  const transcript = new Transcript<string>();
  let all = '';
  program.stdout?.setEncoding('utf8').on('data', (piece: string) => transcript.add((all += piece)));
  program.on('close', () => transcript.end());
  return transcript;
}

/** Runs a command of the shell on a pseudo terminal, that of script(1), until it ends or the test does. */
export function onTerminal(
  context: TestContext,
  command: string,
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const program = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  context.after(() => program.kill('SIGKILL'));
  return program;
}
