import type { Family } from './address.ts';

/** Name of a kernel setting below net.ipv4 or net.ipv6; ip-sysctl.rst. */
export interface SysctlName {
  readonly family: Family;
  /** Its path as a list, since an interface's name may hold a dot: ["conf", "eth1.5", "rp_filter"]. */
  readonly path: readonly string[];
}

/** A kernel setting and the value that it shall have. */
export interface Sysctl extends SysctlName {
  readonly value: string;
  /** Only in place of this value; absent: of any. */
  readonly instead?: string;
}

/**
 * As sysctl(8) writes it, with "/" for the dots of an interface's name: "net.ipv4.conf.eth1/5.rp_filter=2".
 */
export function formatSysctl(sysctl: Sysctl): string {
  return `${formatSysctlName(sysctl)}=${sysctl.value}`;
}

export function formatSysctlName({ family, path }: SysctlName): string {
  return ['net', `ipv${family}`, ...path].map((word) => word.replaceAll('.', '/')).join('.');
}
