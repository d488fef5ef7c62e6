import type { Kernel, Packet } from '../kernel/kernel.ts';
import { type Decision, decisionOf, lookup, refusal, type Step } from '../kernel/lookup.ts';
import { type Address, familyOf } from '../network/address.ts';
import type { Nexthop, Route } from '../network/route.ts';
import { formatRule, type PolicyRule } from '../network/rule.ts';
import { ownTables } from '../plan/numbering.ts';
import { type Ground, meaningOf, objection, policyOf, resting } from './meaning.ts';
import { packetOf, type Question } from './question.ts';

/** Who made the rules that are there from the start; linux/rtnetlink.h. */
const RTPROT_KERNEL = 2;

/** A rule as `ip` prints it, and what it has to do with the connection. */
export interface ExplainedRule {
  readonly rule: string;
  readonly maker: 'us' | 'kernel' | 'others';
  readonly meaning: string;
}

/** Where a connection leaves. */
export interface Way {
  readonly interface: string;
  /** Description of the uplink; null where it is none. */
  readonly uplink: string | null;
  readonly gateway: Address | null;
  /** As the other side sees it: that of the uplink where the firewall translates what comes from elsewhere. */
  readonly source: Address | null;
  readonly table: number;
}

/** Where a new connection would go at this moment, and why. */
export interface Explanation {
  readonly version: 1;
  readonly destination: Address;
  readonly source: Address | null;
  readonly mark: number;
  /** The interface that it comes from; null: this host. */
  readonly in: string | null;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** That it goes to; null: not known. */
  readonly port: number | null;
  readonly dscp: number;
  /** The kernel's answer; null where it refuses the packet. */
  readonly way: Way | null;
  /** The kernel's words where it does. */
  readonly refusal: string | null;
  /** The rule that decides; null where none does, or what is asked does not suffice to tell which. */
  readonly taken: ExplainedRule | null;
  /** Name of the policy that applies; null where none does. */
  readonly policy: string | null;
  /** Those before it, in their order. */
  readonly passed: readonly ExplainedRule[];
  /** The lines among which the kernel spreads connections like this one, where there are several; shares from 0 to 1. */
  readonly shares: readonly { readonly line: string; readonly share: number }[];
  /** Uplinks that get no new connections now, and why. */
  readonly resting: readonly { readonly uplink: string; readonly reason: string }[];
}

/**
 * Asks the kernel where a new connection would go, and goes through the rules to say why. Throws QuestionError, or
 * what the kernel says when it cannot be read.
 */
export function explain(question: Question, whole: Ground): Explanation {
  const { kernel } = whole;
  const packet = packetOf(question, kernel);
  const family = familyOf(packet.destination);
  const uplinks = whole.uplinks.filter(({ member }) => member.settings.family === family);
  const ground = { ...whole, uplinks };
  const answer = ask(packet, kernel);
  const steps = walk(packet, answer, ground);
  const walked = decisionOf(steps);
  const agrees = isAnswer(walked, answer);
  const decision = agrees ? walked : undefined;
  const ours = new Set(kernel.rules().map(formatRule));
  const explained = (rule: PolicyRule, meaning: string): ExplainedRule => {
    const text = formatRule(rule);
    const theirs = rule.protocol === RTPROT_KERNEL ? 'kernel' : 'others';
    return { rule: text, maker: ours.has(text) ? 'us' : theirs, meaning };
  };
  return {
    version: 1,
    destination: packet.destination,
    source: packet.source ?? null,
    mark: packet.mark,
    in: packet.iif ?? null,
    protocol: question.protocol ?? 'tcp',
    port: packet.dport ?? null,
    dscp: packet.dscp ?? 0,
    way: 'way' in answer ? wayOf(packet, answer.way, ground) : null,
    refusal: 'way' in answer ? null : answer.message,
    taken: decision === undefined ? null : explained(decision.rule, meaningOf(decision, ground)),
    policy: (decision && policyOf(decision.rule, ground)) ?? null,
    passed: steps.flatMap((step) =>
      step.outcome === 'decided' ? [] : explained(step.rule, objection(step)),
    ),
    shares: sharesOf(decision?.route?.nexthops ?? [], ground),
    resting: resting(ground),
  };
}

/** What the kernel says: the way, and the route of a table that it comes from, or why there is none. */
type Answer =
  | { readonly way: Route; readonly entry: Route }
  | { readonly code: string; readonly message: string };

function ask(packet: Packet, kernel: Kernel): Answer {
  try {
    return { way: kernel.route(packet), entry: kernel.entry(packet) };
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string };
    return { code, message };
  }
}

/**
 * Tables of others may hold a million routes, and nothing else happens while they are read. Mostly they need not be: from
 * which table the kernel's answer comes tells that those before it had none. Only a refusal that our own tables
 * do not explain is worth it.
 */
function walk(packet: Packet, answer: Answer, { kernel, numbering }: Ground): Step[] {
  const family = familyOf(packet.destination);
  const rules = kernel.policy(family);
  const ours = new Set(ownTables(numbering));
  const steps = lookup(packet, rules, (table) => {
    if (ours.has(table)) return kernel.routes(table, family);
    return 'entry' in answer && answer.entry.table === table ? [answer.entry] : [];
  });
  if ('entry' in answer || isAnswer(decisionOf(steps), answer)) return steps;
  return lookup(packet, rules, (table) => kernel.routes(table, family));
}

function isAnswer(decision: Decision | undefined, answer: Answer): boolean {
  return 'entry' in answer
    ? answer.entry.table === decision?.route?.table
    : answer.code === refusal(decision);
}

function wayOf(packet: Packet, { table, source, nexthops: [hop] }: Route, { uplinks }: Ground): Way {
  const device = hop?.device ?? 'lo';
  const leaving = uplinks.find(({ member }) => member.settings.interface === device)?.member;
  const own = packet.source ?? source ?? null;
  return {
    interface: device,
    uplink: leaving?.settings.description ?? null,
    gateway: hop?.gateway ?? null,
    source: packet.iif === undefined ? own : (leaving?.state.attachment.ip ?? own),
    table,
  };
}

function sharesOf(nexthops: readonly Nexthop[], { uplinks }: Ground): Explanation['shares'] {
  const alive = nexthops.filter(({ dead }) => !dead);
  const total = alive.reduce((sum, { weight }) => sum + weight, 0);
  if (alive.length < 2) return [];
  return alive.map(({ device, weight }) => {
    const uplink = uplinks.find(({ member }) => member.settings.interface === device);
    return { line: uplink?.member.settings.description ?? device, share: weight / total };
  });
}
