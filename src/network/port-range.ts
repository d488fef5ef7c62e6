/** Ports of TCP, UDP and their like, from the first to the last, both among them. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The ports that a text names, "5060" or "10000-20000"; undefined when it names none. */
export function parsePorts(text: string): PortRange | undefined {
  const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return from === '' || first > last || last > 0xffff ? undefined : { first, last };
}

/** As ip-rule(8) writes it: "5060", "10000-20000". */
export function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
