import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiles floor.c with the machine's C compiler; the path of the program. Throws with the compiler's message. */
export function compileFloor(): string {
  const source = fileURLToPath(new URL('../../bench/floor.c', import.meta.url));
  const program = fileURLToPath(new URL('floor', import.meta.url));
  execFileSync('cc', ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-o', program, source], { encoding: 'utf8' });
  return program;
}
