import { familyOf } from '../network/address.ts';
import { IP_PROTOCOLS } from '../network/ip-protocol.ts';
import type { PortRange } from '../network/port-range.ts';
import { contains } from '../network/prefix.ts';
import type { Route } from '../network/route.ts';
import type { PolicyRule } from '../network/rule.ts';
import type { Packet } from './kernel.ts';

/** A rule that a packet came by, and what came of it. */
export type Step =
  /** It is not for this packet: which of its conditions says so. */
  | { readonly rule: PolicyRule; readonly outcome: 'other'; readonly because: string }
  /** Whether it is for the packet depends on what is not known of it; taken as if it were not. */
  | { readonly rule: PolicyRule; readonly outcome: 'unknown' }
  /** It leads to another rule. */
  | { readonly rule: PolicyRule; readonly outcome: 'passed' }
  /** Its table has no route to the destination. */
  | { readonly rule: PolicyRule; readonly outcome: 'no-route' }
  /** The route that its table has leads to too much to be accepted. */
  | { readonly rule: PolicyRule; readonly outcome: 'suppressed'; readonly route: Route }
  | Decision;

/** The rule has the last word: by a route, or by refusing without one. */
export interface Decision {
  readonly rule: PolicyRule;
  readonly outcome: 'decided';
  readonly route?: Route;
}

/** What a refusal says to the sender: fib_props in net/ipv4/fib_semantics.c, fib4_rule_action() in fib_rules.c. */
const ROUTE_ERRORS = { blackhole: 'EINVAL', unreachable: 'EHOSTUNREACH', prohibit: 'EACCES' } as const;
const RULE_ERRORS = { blackhole: 'EINVAL', unreachable: 'ENETUNREACH', prohibit: 'EACCES' } as const;

/**
 * The way of a packet through the rules as fib_rules_lookup() in net/core/fib_rules.c goes it: every rule that it
 * comes by, the last one decides. Where none does there is no way. `routes` are those of a table. Pure.
 */
export function lookup(
  packet: Packet,
  rules: readonly PolicyRule[],
  routes: (table: number) => readonly Route[],
): Step[] {
  const steps: Step[] = [];
  for (let place = 0; place < rules.length; place++) {
    const rule = rules[place] as PolicyRule;
    const step = tryRule(packet, rule, routes);
    steps.push(step);
    if (step.outcome === 'decided') break;
    if (step.outcome === 'passed' && rule.action === 'goto') {
      const target = rules.findIndex(({ priority }) => priority === rule.target);
      // Without its target it does nothing; linux allows none before it.
      if (target > place) place = target - 1;
    }
  }
  return steps;
}

/** The decision of a lookup; undefined when there was none. */
export function decisionOf(steps: readonly Step[]): Decision | undefined {
  const last = steps.at(-1);
  return last?.outcome === 'decided' ? last : undefined;
}

/** The code with which a decision, or that there is none, refuses the packet; undefined when it has a way. */
export function refusal(decision: Decision | undefined): string | undefined {
  if (decision === undefined) return 'ENETUNREACH';
  const { rule, route } = decision;
  if (route === undefined) return RULE_ERRORS[rule.action as keyof typeof RULE_ERRORS];
  return ROUTE_ERRORS[route.type as keyof typeof ROUTE_ERRORS];
}

function tryRule(packet: Packet, rule: PolicyRule, routes: (table: number) => readonly Route[]): Step {
  const because = difference(packet, rule);
  // What else it asks for makes a difference only where the rest does not.
  if (rule.more && because === undefined) return { rule, outcome: 'unknown' };
  const isFor = (because === undefined) !== rule.not;
  if (!isFor) return { rule, outcome: 'other', because: because ?? 'it is for all others' };
  if (rule.action === 'goto' || rule.action === 'nop') return { rule, outcome: 'passed' };
  if (rule.action !== 'lookup') return { rule, outcome: 'decided' };
  const route = bestRoute(packet, routes(rule.table));
  if (route === undefined) return { rule, outcome: 'no-route' };
  const { suppressPrefixLength = -1 } = rule;
  const suppressed = (route.destination?.length ?? 0) <= suppressPrefixLength;
  // A route that refuses is not a result that could be suppressed.
  if (suppressed && !(route.type in ROUTE_ERRORS)) return { rule, outcome: 'suppressed', route };
  return { rule, outcome: 'decided', route };
}

/** The first condition of a rule that the packet does not meet, in words; fib_rule_match(), fib4_rule_match(). */
function difference(packet: Packet, rule: PolicyRule): string | undefined {
  const { from, to, mark, iif, oif } = rule;
  const { destination } = packet;
  const source = packet.source ?? UNSPECIFIED[familyOf(destination)];
  if (iif !== undefined && iif !== (packet.iif ?? 'lo')) return 'comes from elsewhere';
  if (oif !== undefined) return `not bound to ${oif}`;
  if (mark !== undefined && ((packet.mark ^ mark.value) & mark.mask) !== 0)
    return packet.mark === 0 ? 'no mark' : 'mark differs';
  if (from !== undefined && (source === undefined || !contains(from, source))) return 'source differs';
  if (to !== undefined && !contains(to, destination)) return 'destination differs';
  return transportDifference(packet, rule) ?? serviceDifference(packet, rule);
}

/** What IPv4 takes for the source of a packet that has none yet; IPv6 has no rule for it, fib6_rule_match(). */
const UNSPECIFIED = { 4: '0.0.0.0', 6: undefined } as const;

function transportDifference(packet: Packet, { ipProtocol, sport, dport }: PolicyRule): string | undefined {
  if (ipProtocol !== undefined && ipProtocol !== (packet.ipProtocol ?? IP_PROTOCOLS.udp))
    return 'protocol differs';
  return portDifference('source port', sport, packet.sport) ?? portDifference('port', dport, packet.dport);
}

function portDifference(what: string, range?: PortRange, port?: number): string | undefined {
  if (range === undefined) return undefined;
  if (port === undefined) return `no ${what} is known`;
  return port < range.first || port > range.last ? `${what} differs` : undefined;
}

function serviceDifference({ dscp = 0 }: Packet, rule: PolicyRule): string | undefined {
  if (rule.dscp !== undefined && rule.dscp !== dscp) return 'DSCP differs';
  // The field holds the class in its upper six bits.
  return rule.tos === 0 || rule.tos === dscp << 2 ? undefined : 'TOS differs';
}

/** The longest prefix and then the lowest metric of those that lead somewhere; fib_table_lookup() in fib_trie.c. */
function bestRoute({ destination }: Packet, routes: readonly Route[]): Route | undefined {
  const length = (route: Route) => route.destination?.length ?? 0;
  const best = routes
    .filter(({ destination: prefix }) => prefix === undefined || contains(prefix, destination))
    .filter(({ type, nexthops }) => type !== 'unicast' || nexthops.some(({ dead }) => !dead))
    .toSorted((a, b) => length(b) - length(a) || a.metric - b.metric)[0];
  // "throw": as if the table had none.
  return best?.type === 'throw' ? undefined : best;
}
