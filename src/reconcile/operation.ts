import type { Kernel } from '../kernel/kernel.ts';
import { formatRoute, type Route } from '../network/route.ts';
import { formatRule, type Rule } from '../network/rule.ts';
import { formatSysctl, formatSysctlName, type Sysctl } from '../network/sysctl.ts';

/** One change of the kernel. `was` is what it replaces. */
export type Operation =
  | { readonly kind: 'replace-route'; readonly route: Route; readonly was?: Route }
  | { readonly kind: 'delete-route'; readonly route: Route }
  | { readonly kind: 'add-rule'; readonly rule: Rule }
  | { readonly kind: 'delete-rule'; readonly rule: Rule }
  | { readonly kind: 'set-sysctl'; readonly sysctl: Sysctl; readonly was?: string };

/**
 * Carries an operation out; throws what the kernel says. To add what is there and to delete what is gone
 * succeeds: the goal is reached.
 */
export function apply(operation: Operation, kernel: Kernel): void {
  switch (operation.kind) {
    case 'replace-route':
      return kernel.replaceRoute(operation.route);
    case 'delete-route':
      return unless(['ESRCH', 'ENOENT', 'ENODEV'], () => kernel.deleteRoute(operation.route));
    case 'add-rule':
      return unless(['EEXIST'], () => kernel.addRule(operation.rule));
    case 'delete-rule':
      return unless(['ENOENT'], () => kernel.deleteRule(operation.rule));
    case 'set-sysctl':
      return kernel.setSysctl(operation.sysctl);
  }
}

function unless(codes: readonly string[], change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!codes.includes((error as { code?: string }).code ?? '')) throw error;
  }
}

/**
 * In one line, in the notation of ip(8) and sysctl(8): "route replace table 4 default via 198.18.0.1 dev eth1
 * proto 70".
 */
export function formatOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'replace-route':
      return `${object(operation.route)} replace table ${operation.route.table} ${formatRoute(operation.route)}`;
    case 'delete-route':
      return `${object(operation.route)} delete table ${operation.route.table} ${formatRoute(operation.route)}`;
    case 'add-rule':
      return `${object(operation.rule)} add ${formatRule(operation.rule)}`;
    case 'delete-rule':
      return `${object(operation.rule)} delete ${formatRule(operation.rule)}`;
    case 'set-sysctl':
      return `sysctl ${formatSysctl(operation.sysctl)}`;
  }
}

/** As a difference, for people: what goes behind "-", what comes behind "+", what changes behind "~". */
export function formatDifference(operation: Operation): string[] {
  switch (operation.kind) {
    case 'replace-route':
      return routeDifference(operation.route, operation.was);
    case 'delete-route':
      return [`- ${object(operation.route)} table ${operation.route.table}: ${formatRoute(operation.route)}`];
    case 'add-rule':
      return [`+ ${object(operation.rule)} ${formatRule(operation.rule)}`];
    case 'delete-rule':
      return [`- ${object(operation.rule)} ${formatRule(operation.rule)}`];
    case 'set-sysctl':
      return [
        `~ sysctl ${formatSysctlName(operation.sysctl)}: ${operation.was ?? 'none'} --> ${operation.sysctl.value}`,
      ];
  }
}

function routeDifference(route: Route, was: Route | undefined): string[] {
  if (was === undefined) return [`+ ${object(route)} table ${route.table}: ${formatRoute(route)}`];
  return [
    `~ ${object(route)} table ${route.table}:`,
    `    - ${formatRoute(was)}`,
    `    + ${formatRoute(route)}`,
  ];
}

/** As ip(8) is called for it: "-6 route"; IPv4 goes without saying. */
function object(one: Route | Rule): string {
  const kind = 'nexthops' in one ? 'route' : 'rule';
  return one.family === 4 ? kind : `-6 ${kind}`;
}
