import { readFileSync } from 'node:fs';

/** Whether a process runs: it is neither gone nor dead and unburied. */
export function lives(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
