/** A kernel setting below net.ipv4, ip-sysctl.rst. */
export interface Sysctl {
  /** Its path as a list, since an interface's name may hold a dot: ["conf", "eth1.5", "rp_filter"]. */
  readonly path: readonly string[];
  readonly value: string;
}

/**
 * As sysctl(8) writes it, with "/" for the dots of an interface's name: "net.ipv4.conf.eth1/5.rp_filter=2".
 */
export function formatSysctl({ path, value }: Sysctl): string {
  return `${formatSysctlName(path)}=${value}`;
}

export function formatSysctlName(path: readonly string[]): string {
  return ['net', 'ipv4', ...path].map((word) => word.replaceAll('.', '/')).join('.');
}
