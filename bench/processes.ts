import { readdirSync, readFileSync } from 'node:fs';
import type { Namespace } from '../test/support/namespace.ts';

/** The process in a namespace that runs the daemon; throws unless there is exactly one. */
export function daemonIn(namespace: Namespace): number {
  const pids = namespace.exec(['ip', 'netns', 'pids', namespace.name]).trim().split('\n').map(Number);
  const [pid, ...others] = pids.filter((one) => argumentsOf(one).at(-1) === 'monitor');
  if (pid === undefined || others.length > 0) throw new Error(`${others.length} daemons too many, or none`);
  return pid;
}

/**
 * Processor time in ms that the living threads of some processes have used. From schedstat, which counts
 * nanoseconds: the ticks of /proc/PID/stat are 10 ms each, and each of 64 processes would lose a part of one.
 */
export function processorTime(pids: readonly number[]): number {
  const threads = pids.flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((id) => `${pid}/task/${id}`));
  const times = threads.map((thread) => readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return times.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
}

/** Resident memory of a process in MB (10^6 bytes). */
export function residentMemory(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Empty for one that has ended meanwhile. */
function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
