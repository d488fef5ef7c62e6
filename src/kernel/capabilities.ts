import { readFileSync } from 'node:fs';

/** linux/capability.h. */
export const CAP_NET_ADMIN = 12;
const CAP_NET_RAW = 13;
const NEEDED = { CAP_NET_ADMIN, CAP_NET_RAW } as const;

/** The capabilities that the daemon needs and this process lacks; proc_pid_status(5), capabilities(7). */
export function missingCapabilities(status = readFileSync('/proc/self/status', 'utf8')): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return Object.entries(NEEDED).flatMap(([name, bit]) => ((effective >> BigInt(bit)) & 1n ? [] : [name]));
}
