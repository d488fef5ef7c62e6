import { formatDuration } from '../duration.ts';
import type { UplinkName } from '../monitor/event.ts';
import type { Member } from '../monitor/member.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { TargetReport } from '../probe/survey.ts';

/** What all targets of an uplink say now, and beside it what is thought of the uplink. */
export interface SurveyReport {
  readonly version: 1;
  readonly uplink: UplinkName;
  readonly targets: readonly TargetReport[];
  readonly answered: number;
  /** Targets that must answer. */
  readonly needed: number;
  /** Enough have answered. */
  readonly passed: boolean;
  /** The judgement of the regular checks, which this one does not change. */
  readonly regular: {
    readonly state: 'up' | 'down';
    readonly reason: string;
    /** How long it has been so, ms. */
    readonly age: number;
  };
}

/**
 * Asks all targets of the line that a word names (Monitor.find), of an uplink's that for IPv4. Rejects with
 * UnknownUplinkError, or NoPathError where it has no way out.
 */
export async function survey(monitor: Monitor, word: string, now: () => number): Promise<SurveyReport> {
  const [member] = monitor.find(word) as [Member];
  const { targets, needed } = await monitor.survey(member);
  const { state, title } = member;
  const answered = targets.filter((report) => 'rtt' in report).length;
  return {
    version: 1,
    uplink: title,
    targets,
    answered,
    needed,
    passed: answered >= needed,
    regular: { state: state.up ? 'up' : 'down', reason: state.reason, age: now() - state.since },
  };
}

/** A line for each target, and the verdict. Pure. */
export function surveyText({ uplink, targets, answered, needed, passed, regular }: SurveyReport): string[] {
  const width = Math.max(...targets.map(({ target }) => target.length));
  const agrees = passed === (regular.state === 'up');
  return [
    `${uplink.description === uplink.interface ? '' : `${uplink.description} on `}${uplink.interface}:`,
    ...targets.map((report) => `  ${report.target.padEnd(width)}  ${outcome(report)}`),
    `${answered} of ${targets.length} targets answer, ${needed} needed: it ${passed ? 'works' : 'does not work'}.`,
    `The regular checks ${agrees ? 'agree' : 'say otherwise'}: ${regular.state} for ${formatDuration(regular.age)}, ${regular.reason}.`,
  ];
}

function outcome(report: TargetReport): string {
  return 'rtt' in report ? `${report.rtt.toFixed(1)} ms` : report.failure;
}
