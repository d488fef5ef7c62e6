/** Ports of TCP, UDP and their like, from the first to the last, both among them. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** As ip-rule(8) writes it: "5060", "10000-20000". */
export function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
