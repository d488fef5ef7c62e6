/**
 * What a provider's line does to packets while the cable is in:
 * - silent: nothing passes, the gateway does not even answer ARP;
 * - beyond: the gateway answers, nothing behind it does;
 * - unreachable: the gateway answers, and says by ICMP that nothing else can be reached;
 * - loss: so many percent of the packets from the router are dropped, at random.
 */
export type Impairment = 'silent' | 'beyond' | 'unreachable' | { readonly loss: number };

/**
 * The nftables commands that put these impairments, by interface of the provider, in place of those before
 * them.
 */
export function impairmentRules(impairments: ReadonlyMap<string, Impairment>): string {
  const silent = named(impairments, 'silent');
  const beyond = named(impairments, 'beyond');
  const unreachable = named(impairments, 'unreachable');
  const lossy = [...impairments].flatMap(([name, impairment]) =>
    typeof impairment === 'object'
      ? [`iifname "${name}" numgen random mod 100 < ${impairment.loss} drop`]
      : [],
  );
  return [
    table('ip', [
      chain('prerouting', -300, [...incoming(silent, 'drop'), ...lossy]),
      chain('forward', 0, [
        ...incoming(unreachable, 'reject with icmp net-unreachable'),
        ...incoming(beyond, 'drop'),
        ...outgoing([...beyond, ...unreachable]),
      ]),
      chain('postrouting', -300, outgoing(silent)),
    ]),
    table('arp', [chain('input', 0, incoming(silent, 'drop')), chain('output', 0, outgoing(silent))]),
  ].join('\n');
}

function named(impairments: ReadonlyMap<string, Impairment>, wanted: Impairment): string[] {
  return [...impairments].filter(([, impairment]) => impairment === wanted).map(([name]) => name);
}

function incoming(names: readonly string[], verdict: string): string[] {
  return names.map((name) => `iifname "${name}" ${verdict}`);
}

function outgoing(names: readonly string[]): string[] {
  return names.map((name) => `oifname "${name}" drop`);
}

function chain(hook: string, priority: number, rules: readonly string[]): string {
  return [`chain ${hook} {`, `type filter hook ${hook} priority ${priority}`, ...rules, '}'].join('\n');
}

/** A table in place of its predecessor: deleting needs that one to be there, so it is added first. */
function table(family: string, chains: readonly string[]): string {
  const name = `${family} impairments`;
  return [`add table ${name}`, `delete table ${name}`, `table ${name} {`, ...chains, '}', ''].join('\n');
}
