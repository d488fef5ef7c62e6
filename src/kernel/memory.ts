import type { Link } from '../network/link.ts';
import { type Route, routeKey } from '../network/route.ts';
import { formatRule, type Rule } from '../network/rule.ts';
import { formatSysctlName, type Sysctl } from '../network/sysctl.ts';
import type { ForeignRule, Kernel, KernelListener } from './kernel.ts';

/**
 * A kernel that is nothing but memory: for the demonstration, and for whoever wants to try decisions without
 * a machine.
 */
export class MemoryKernel implements Kernel {
  readonly #rules = new Map<string, Rule>();
  readonly #routes = new Map<string, Route>();
  readonly #sysctls = new Map<string, string>();
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

  rules(): Rule[] {
    return [...this.#rules.values()];
  }

  foreignRules(): ForeignRule[] {
    return [];
  }

  routes(table: number): Route[] {
    return [...this.#routes.values()].filter((route) => route.table === table);
  }

  sysctl(path: readonly string[]): string {
    return this.#sysctls.get(formatSysctlName(path)) ?? '0';
  }

  addRule(rule: Rule): void {
    this.#rules.set(formatRule(rule), rule);
  }

  deleteRule(rule: Rule): void {
    this.#rules.delete(formatRule(rule));
  }

  replaceRoute(route: Route): void {
    this.#routes.set(routeKey(route), route);
  }

  deleteRoute(route: Route): void {
    this.#routes.delete(routeKey(route));
  }

  setSysctl({ path, value }: Sysctl): void {
    this.#sysctls.set(formatSysctlName(path), value);
  }

  watch(listener: KernelListener): void {
    this.#listener = listener;
  }

  close(): void {
    this.#listener = undefined;
  }
}
