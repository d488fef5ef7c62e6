import { formatDuration } from '../duration.ts';
import type { MonitorEvent, UplinkSummary } from '../monitor/event.ts';
import type { Probe } from '../probe/prober.ts';
import { formatOperation } from '../reconcile/operation.ts';
import type { Cause, Outcome } from '../reconcile/reconciler.ts';
import { formatOverride } from '../uplink/override.ts';

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
      return line(
        'notice',
        `Monitor started, initial default route uplinks: ${event.routing.map(({ description }) => description).join(', ') || 'none'}`,
      );
    case 'probed':
      return line('debug', `Uplink ${event.uplink.description}: ping ${describeProbe(event.probe)}`);
    case 'checked':
      return line(
        'debug',
        `Uplink ${event.uplink.description}: check ${event.verdict.passed ? 'passed' : 'failed'}: ${event.verdict.reason}`,
      );
    case 'moved':
      return event.up
        ? line('notice', `Uplink ${event.uplink.description} is up: ${event.reason}`)
        : line('warning', `Uplink ${event.uplink.description} is down: ${event.reason}`);
    case 'overridden':
      return line('notice', describeOverride(event));
    case 'overrides-failed':
      return line('warning', `Overrides could not be read or kept: ${event.error.message}`);
    case 'changed':
      return event.uplinks.flatMap(({ was, is }) => line('warning', describeChange(was, is)));
    case 'reconciled':
      return describeOutcomes(event.outcomes, event.cause);
    case 'unreadable':
      return line('error', `The kernel could not be read, and is asked again: ${event.error.message}`);
    case 'stalled':
      return line(
        'warning',
        `Uplink ${event.uplink.description}: this machine stood still for ${Math.round(event.lateness)} ms; the check begins anew`,
      );
    case 'overrun':
      return line('warning', 'The kernel told more than could be heard; everything was read anew');
  }
}

function line(severity: Severity, text: string): Line[] {
  return [{ severity, text }];
}

function describeProbe({ target, rtt, failure }: Probe): string {
  return rtt === undefined ? `${target}... error: ${failure}` : `${target}... ok, ${rtt.toFixed(1)} ms`;
}

function describeOverride({ uplink, was, is, left }: Extract<MonitorEvent, { kind: 'overridden' }>): string {
  if (is !== undefined) {
    const end = left === undefined ? '' : ` for ${formatDuration(left)}`;
    return `Uplink ${uplink.description} is ${formatOverride(is)} by the administrator${end}`;
  }
  const before = was === undefined ? '' : `, no more ${formatOverride(was)}`;
  return `Uplink ${uplink.description} is judged by its tests again${before}`;
}

function describeChange(was: UplinkSummary, is: UplinkSummary): string {
  const change = (before: string, now: string) => (before === now ? now : `${before} --> ${now}`);
  const parts = [
    `ip ${change(was.ip ?? 'none', is.ip ?? 'none')}`,
    `gateway ${change(was.gateway ?? 'none', is.gateway ?? 'none')}`,
    change(was.up ? 'up' : 'down', is.up ? 'up' : 'down'),
    ...(was.override === is.override && is.override === undefined
      ? []
      : [change(overrideWord(was), overrideWord(is))]),
    change(was.routing ? 'routing' : 'standby', is.routing ? 'routing' : 'standby'),
  ];
  return `Uplink ${is.description}: ${parts.join(', ')}`;
}

function overrideWord({ override }: UplinkSummary): string {
  return override === undefined ? 'not overridden' : formatOverride({ kind: override });
}

function describeOutcomes(outcomes: readonly Outcome[], cause: Cause): Line[] {
  const prefix = cause === 'repair' ? 'Kernel, changed by somebody, repaired:' : 'Kernel:';
  const severity = cause === 'repair' ? 'warning' : 'info';
  const done = outcomes.filter(({ error }) => error === undefined);
  const many = done.length > LISTED;
  return [
    ...(many ? line(severity, `${prefix} ${done.length} changes`) : []),
    ...outcomes.flatMap(({ operation, error }) => {
      const text = formatOperation(operation);
      if (error !== undefined) return line('error', `Kernel: ${text} failed: ${error.message}`);
      return line(many ? 'debug' : severity, `${prefix} ${text}`);
    }),
  ];
}
