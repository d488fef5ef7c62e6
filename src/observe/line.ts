import type { MonitorEvent, UplinkSummary } from '../monitor/event.ts';
import type { Probe } from '../probe/prober.ts';
import { formatOperation } from '../reconcile/operation.ts';
import type { Cause, Outcome } from '../reconcile/reconciler.ts';

/** Severities of syslog (RFC 5424) that the daemon uses. */
export const SEVERITIES = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type Severity = keyof typeof SEVERITIES;

/** One line of the log. */
export interface Line {
  readonly severity: Severity;
  readonly text: string;
}

/** More changes than this at once, as at the start, are counted in the log, not listed. */
const LISTED = 4;

/** What the log says of an event. Pure. */
export function describe(event: MonitorEvent): Line[] {
  switch (event.kind) {
    case 'started':
      return [{ severity: 'notice', text: `Monitor started, initial default route uplinks: ${event.routing.join(', ') || 'none'}` }];
    case 'probed':
      return [{ severity: 'debug', text: `Uplink ${event.uplink}: ping ${describeProbe(event.probe)}` }];
    case 'checked':
      return [{ severity: 'debug', text: `Uplink ${event.uplink}: ${event.verdict.passed ? 'works' : 'fails'}: ${event.verdict.reason}` }];
    case 'moved':
      return [{ severity: event.up ? 'notice' : 'warning', text: `Uplink ${event.uplink} is ${event.up ? 'up' : 'down'}: ${event.reason}` }];
    case 'changed':
      return event.uplinks.map(({ was, is }) => ({ severity: 'warning', text: describeChange(was, is) }));
    case 'reconciled':
      return describeOutcomes(event.outcomes, event.cause);
    case 'unreadable':
      return [{ severity: 'error', text: `The kernel could not be read, and is asked again: ${event.error.message}` }];
    case 'stalled':
      return [
        {
          severity: 'warning',
          text: `Uplink ${event.uplink}: this machine stood still for ${Math.round(event.lateness)} ms; the check begins anew`,
        },
      ];
    case 'overrun':
      return [{ severity: 'warning', text: 'The kernel told more than could be heard; everything was read anew' }];
  }
}

function describeProbe({ target, rtt, failure }: Probe): string {
  return rtt === undefined ? `${target}... error: ${failure}` : `${target}... ok, ${rtt.toFixed(1)} ms`;
}

function describeChange(was: UplinkSummary, is: UplinkSummary): string {
  const change = (before: string, now: string) => (before === now ? now : `${before} --> ${now}`);
  const parts = [
    `ip ${change(was.ip ?? 'none', is.ip ?? 'none')}`,
    `gateway ${change(was.gateway ?? 'none', is.gateway ?? 'none')}`,
    change(was.up ? 'up' : 'down', is.up ? 'up' : 'down'),
    change(was.routing ? 'routing' : 'standby', is.routing ? 'routing' : 'standby'),
  ];
  return `Uplink ${is.description}: ${parts.join(', ')}`;
}

function describeOutcomes(outcomes: readonly Outcome[], cause: Cause): Line[] {
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const done = outcomes.filter(({ error }) => error === undefined);
  const severity = done.length > LISTED ? 'debug' : cause === 'repair' ? 'warning' : 'info';
  const prefix = cause === 'repair' ? 'Kernel, changed by somebody, repaired:' : 'Kernel:';
  return [
    ...(done.length > LISTED ? [{ severity: 'info', text: `${prefix} ${done.length} changes` } as const] : []),
    ...done.map(({ operation }): Line => ({ severity, text: `${prefix} ${formatOperation(operation)}` })),
    ...failed.map(({ operation, error }): Line => ({ severity: 'error', text: `Kernel: ${formatOperation(operation)} failed: ${error?.message}` })),
  ];
}
