import { isIP } from 'node:net';
import type { EventName } from '../event-name.ts';
import type { MonitorEvent, UplinkName, UplinkSummary } from '../monitor/event.ts';
import { lineTitle } from '../monitor/line-name.ts';
import { formatSteering } from '../monitor/steering.ts';
import type { Probe } from '../probe/observer.ts';
import { formatOperation } from '../reconcile/operation.ts';
import { difference } from '../reconcile/difference.ts';
import type { Cause, Outcome } from '../reconcile/reconciler.ts';
import type { FlushCause } from '../uplink/flush.ts';
import { formatOverride, formatTimeLeft } from '../uplink/override.ts';

/** Severities of syslog (RFC 5424) that the daemon uses. */
export const SEVERITIES = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type Severity = keyof typeof SEVERITIES;

/** One line of the log. */
export interface Line {
  readonly severity: Severity;
  /** All that people need. */
  readonly text: string;
  /** What has happened. */
  readonly event?: EventName;
  readonly fields?: Fields;
}

/** What programs read of a line instead of its words, by the names of the journal's fields; docs/journal.md. */
export type Fields = Readonly<
  Partial<
    Record<
      'UPLINK' | 'UPLINK_NAME' | 'POLICY' | 'FAMILY' | 'STATE' | 'ROLE' | 'REASON' | 'TARGET' | 'RTT_MS',
      string
    >
  >
>;

/** More changes than this at once, as at the start, are counted in the log, not listed. */
const LISTED = 4;

const FLUSHES: Readonly<Record<FlushCause, string>> = {
  failed: 'on a line that works',
  address: 'with its new address',
  return: 'on the line that is back',
};

/** What the log says of an event. Pure. */
export function describe(event: MonitorEvent): Line[] {
  switch (event.kind) {
    case 'started': {
      const routing = event.routing.map(({ description }) => description).join(', ') || 'none';
      return line('notice', 'started', `Monitor started, initial default route uplinks: ${routing}`);
    }
    case 'probed': {
      const { uplink, probe } = event;
      const { target, rtt, failure } = probe;
      const result: Fields = rtt === undefined ? { REASON: failure ?? '' } : { RTT_MS: rtt.toFixed(3) };
      return line('debug', 'probe', `Uplink ${uplink.description}: ${describeProbe(probe)}`, {
        ...named(uplink),
        TARGET: target,
        ...result,
      });
    }
    case 'checked': {
      const { uplink, verdict } = event;
      const result = verdict.passed ? 'passed' : 'failed';
      return line('debug', 'check', `Uplink ${uplink.description}: check ${result}: ${verdict.reason}`, {
        ...named(uplink),
        REASON: verdict.reason,
      });
    }
    case 'moved': {
      const { uplink, up, reason } = event;
      const fields = { ...named(uplink), STATE: upOrDown(up), REASON: reason };
      return up
        ? line('notice', 'uplink_up', `Uplink ${uplink.description} is up: ${reason}`, fields)
        : line('warning', 'uplink_down', `Uplink ${uplink.description} is down: ${reason}`, fields);
    }
    case 'overridden':
      return line('notice', 'override', describeOverride(event), named(event.uplink));
    case 'overrides-failed': {
      const { message } = event.error;
      return line('warning', 'override_failed', `Overrides could not be read or kept: ${message}`, {
        REASON: message,
      });
    }
    case 'flushed': {
      const { uplink, cause } = event;
      return line(
        'notice',
        'flushed',
        `Uplink ${uplink.description}: its connections begin anew ${FLUSHES[cause]}`,
        named(uplink),
      );
    }
    case 'flush-failed': {
      const { uplink, error } = event;
      return line(
        'warning',
        'flush_failed',
        `Uplink ${uplink.description}: its connections stay behind: ${error.message}`,
        { ...named(uplink), REASON: error.message },
      );
    }
    case 'changed':
      return describeChanges(event.uplinks);
    case 'steered': {
      const { was, is } = event;
      const title = lineTitle(is.policy, is.family);
      const text = `Policy ${title}: ${formatSteering(was)} --> ${formatSteering(is)}`;
      return line('warning', 'policy_change', text, { POLICY: is.policy, FAMILY: String(is.family) });
    }
    case 'reconciled':
      return describeOutcomes(event.outcomes, event.cause);
    case 'unreadable': {
      const { message } = event.error;
      return line('error', 'kernel_error', `The kernel could not be read, and is asked again: ${message}`, {
        REASON: message,
      });
    }
    case 'table-changed':
      return describeTable(event);
    case 'table-failed': {
      const { message } = event.error;
      return line('error', 'kernel_error', `Firewall: the managed table is not as it shall be: ${message}`, {
        REASON: message,
      });
    }
    case 'targets':
      return [
        ...event.dead.flatMap((target) =>
          line('warning', 'target_dead', `Target ${target} answers on no uplink: it is set aside`, {
            TARGET: target,
          }),
        ),
        ...event.alive.flatMap((target) =>
          line('notice', 'target_alive', `Target ${target} answers again`, { TARGET: target }),
        ),
      ];
    case 'stalled': {
      const { uplink, lateness } = event;
      return line(
        'warning',
        'stalled',
        `Uplink ${uplink.description}: this machine stood still for ${Math.round(lateness)} ms; the check begins anew`,
        named(uplink),
      );
    }
    case 'overrun':
      return line('warning', 'overrun', 'The kernel told more than could be heard; everything was read anew');
  }
}

function line(severity: Severity, event: EventName, text: string, fields: Fields = {}): Line[] {
  return [{ severity, event, text, fields }];
}

function named({ interface: name, family, description }: UplinkName): Fields {
  return { UPLINK: name, UPLINK_NAME: description, FAMILY: String(family) };
}

const upOrDown = (up: boolean) => (up ? 'up' : 'down');
const role = (routing: boolean) => (routing ? 'routing' : 'standby');

function describeProbe({ target, rtt, failure }: Probe): string {
  const question = isIP(target) === 0 ? `probe ${target}` : `ping ${target}`;
  return rtt === undefined ? `${question}... error: ${failure}` : `${question}... ok, ${rtt.toFixed(1)} ms`;
}

function describeOverride({ uplink, was, is, left }: Extract<MonitorEvent, { kind: 'overridden' }>): string {
  if (is !== undefined) {
    const end = left === undefined ? '' : ` for ${formatTimeLeft(left)}`;
    return `Uplink ${uplink.description} is ${formatOverride(is)} by the administrator${end}`;
  }
  const before = was === undefined ? '' : `, no more ${formatOverride(was)}`;
  return `Uplink ${uplink.description} is judged by its tests again${before}`;
}

type Change = Extract<MonitorEvent, { kind: 'changed' }>['uplinks'][number];

/** A line for each uplink, and one more when the first begins to work or the last ceases to. */
function describeChanges(uplinks: readonly Change[]): Line[] {
  const rerouted = uplinks.some(({ was, is }) => was.routing !== is.routing);
  const worked = uplinks.some(({ was }) => was.up);
  const work = uplinks.some(({ is }) => is.up);
  return [
    ...uplinks.flatMap(({ was, is }) =>
      line('warning', rerouted ? 'route_change' : 'uplink_change', describeChange(was, is), {
        ...named(is),
        STATE: upOrDown(is.up),
        ROLE: role(is.routing),
      }),
    ),
    ...(worked && !work ? line('error', 'all_down', 'No uplink works') : []),
    ...(work && !worked ? line('notice', 'some_up', 'An uplink works again') : []),
  ];
}

function describeChange(was: UplinkSummary, is: UplinkSummary): string {
  const change = (before: string, now: string) => (before === now ? now : `${before} --> ${now}`);
  const parts = [
    `ip ${change(was.ip ?? 'none', is.ip ?? 'none')}`,
    `gateway ${change(was.gateway ?? 'none', is.gateway ?? 'none')}`,
    change(upOrDown(was.up), upOrDown(is.up)),
    ...(was.override === is.override && is.override === undefined
      ? []
      : [change(overrideWord(was), overrideWord(is))]),
    change(role(was.routing), role(is.routing)),
  ];
  return `Uplink ${is.description}: ${parts.join(', ')}`;
}

function overrideWord({ override }: UplinkSummary): string {
  return override === undefined ? 'not overridden' : formatOverride({ kind: override });
}

function describeOutcomes(outcomes: readonly Outcome[], cause: Cause): Line[] {
  const prefix = cause === 'repair' ? 'Kernel, changed by somebody, repaired:' : 'Kernel:';
  const severity = cause === 'repair' ? 'warning' : 'info';
  const event = cause === 'repair' ? 'repaired' : 'kernel_change';
  const done = outcomes.filter(({ error }) => error === undefined);
  const many = done.length > LISTED;
  return [
    ...(many ? line(severity, event, `${prefix} ${done.length} changes`) : []),
    ...outcomes.flatMap(({ operation, error }) => {
      const text = formatOperation(operation);
      if (error !== undefined)
        return line('error', 'kernel_error', `Kernel: ${text} failed: ${error.message}`, {
          REASON: error.message,
        });
      return line(many ? 'debug' : severity, event, `${prefix} ${text}`);
    }),
  ];
}

function describeTable({ from, to, cause }: Extract<MonitorEvent, { kind: 'table-changed' }>): Line[] {
  const repair = cause === 'repair';
  const prefix = repair ? 'Firewall, changed by somebody, repaired' : 'Firewall';
  const severity = repair ? 'warning' : 'info';
  const event = repair ? 'repaired' : 'kernel_change';
  const changes = difference(from ?? '', to ?? '');
  const lines = changes.length === 1 ? '1 line' : `${changes.length} lines`;
  const deed = to === undefined ? 'removed' : from === undefined ? 'made' : `${lines} changed`;
  return [
    ...line(severity, event, `${prefix}: the managed table, ${deed}`),
    ...changes.flatMap((change) => line('debug', event, `${prefix}: ${change.replaceAll(/\s+/g, ' ')}`)),
  ];
}
