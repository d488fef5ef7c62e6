/** What an IP packet carries, by the names of protocols(5); IANA's list of protocol numbers. */
export const IP_PROTOCOLS = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  sctp: 132,
} as const;

/** As ip-rule(8) writes it: "udp", "ipproto-99" for what has no name here. */
export function formatIpProtocol(number: number): string {
  const [name] = Object.entries(IP_PROTOCOLS).find(([, known]) => known === number) ?? [];
  return name ?? `ipproto-${number}`;
}
