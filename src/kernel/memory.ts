import { RT_TABLE_MAIN } from '../netlink/table.ts';
import { type Family, familyOf } from '../network/address.ts';
import { type DefaultRoute, defaultRoutes } from '../network/default-route.ts';
import type { Link } from '../network/link.ts';
import { type Route, routeKey } from '../network/route.ts';
import { type Mark, type PolicyRule, type Rule, ruleKey } from '../network/rule.ts';
import { formatSysctlName, type Sysctl, type SysctlName } from '../network/sysctl.ts';
import type { Kernel, KernelListener, Packet } from './kernel.ts';
import { decisionOf, lookup, refusal } from './lookup.ts';

/** The rules that every kernel begins with: priorities and tables. */
const OWN_RULES = {
  4: [
    [0, 255],
    [32_766, 254],
    [32_767, 253],
  ],
  6: [
    [0, 255],
    [32_766, 254],
  ],
} as const;
/** RTPROT_KERNEL, linux/rtnetlink.h. */
const KERNEL_PROTOCOL = 2;

/**
 * A kernel that is nothing but memory: for the demonstration, and for whoever wants to try decisions without
 * a machine.
 */
export class MemoryKernel implements Kernel {
  readonly #rules = new Map<string, Rule>();
  readonly #routes = new Map<string, Route>();
  readonly #sysctls = new Map<string, string>();
  readonly forgotten: (Mark & { readonly family: Family })[] = [];
  #links: readonly Link[];
  #listener: KernelListener | undefined;

  constructor(links: readonly Link[]) {
    this.#links = links;
  }

  /**
   * Puts other interfaces in place; as in the kernel, routes over those that are gone or down go with them.
   */
  setLinks(links: readonly Link[]): void {
    this.#links = links;
    const devices = new Set(links.filter(({ up }) => up).map(({ name }) => name));
    for (const [key, { type, nexthops }] of this.#routes) {
      if (type === 'unicast' && nexthops.every(({ device }) => !devices.has(device)))
        this.#routes.delete(key);
    }
    this.#listener?.links();
  }

  links(): Link[] {
    return [...this.#links];
  }

  received(): undefined {
    return undefined;
  }

  rules(): Rule[] {
    return [...this.#rules.values()];
  }

  policy(family: Family): PolicyRule[] {
    const own = OWN_RULES[family].map(([priority, table]): Rule => {
      return { family, priority, table, protocol: KERNEL_PROTOCOL };
    });
    const ours = this.rules().filter((rule) => rule.family === family);
    const all = [...own, ...ours].toSorted((a, b) => a.priority - b.priority);
    return all.map((rule) => ({ ...rule, not: false, tos: 0, action: 'lookup', more: false }));
  }

  routes(table: number, family: Family): Route[] {
    return [...this.#routes.values()].filter((route) => route.table === table && route.family === family);
  }

  defaults(device: string, family: Family): DefaultRoute[] {
    return defaultRoutes(device, this.routes(RT_TABLE_MAIN, family));
  }

  /** Of several nexthops the first. */
  route(packet: Packet): Route {
    const route = this.entry(packet);
    return { ...route, nexthops: route.nexthops.slice(0, 1) };
  }

  entry(packet: Packet): Route {
    const family = familyOf(packet.destination);
    const decision = decisionOf(lookup(packet, this.policy(family), (table) => this.routes(table, family)));
    const code = refusal(decision);
    const route = decision?.route;
    if (code !== undefined || route === undefined)
      throw Object.assign(new Error(`look up route: ${code}`), { code });
    return route;
  }

  sysctl(name: SysctlName): string {
    return this.#sysctls.get(formatSysctlName(name)) ?? '0';
  }

  addRule(rule: Rule): void {
    this.#rules.set(ruleKey(rule), rule);
  }

  deleteRule(rule: Rule): void {
    this.#rules.delete(ruleKey(rule));
  }

  replaceRoute(route: Route): void {
    this.#routes.set(routeKey(route), route);
  }

  deleteRoute(route: Route): void {
    this.#routes.delete(routeKey(route));
  }

  setSysctl(sysctl: Sysctl): void {
    this.#sysctls.set(formatSysctlName(sysctl), sysctl.value);
  }

  /** It has no connections: those that were to be forgotten are remembered, for who wants to know. */
  async forget(family: Family, mark: Mark): Promise<void> {
    this.forgotten.push({ family, ...mark });
  }

  watch(listener: KernelListener): void {
    this.#listener = listener;
  }

  ping(heard: () => void): void {
    heard();
  }

  close(): void {
    this.#listener = undefined;
  }
}
