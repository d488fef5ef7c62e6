import { ask } from '../control/client.ts';
import { type SurveyReport, surveyText } from '../control/survey.ts';
import type { Action } from './action.ts';
import { daemonSocket } from './daemon-socket.ts';

/** The longest timeout of the tests, ms, and some time to answer. */
const PATIENCE = 65_000;

/** Asks all targets of an uplink now; fails when too few have answered. */
export const probe: Action = async (invocation) => {
  const {
    operands: [uplink = ''],
  } = invocation;
  const path = `/v1/uplinks/${encodeURIComponent(uplink)}/probe`;
  const question = { method: 'POST', path, within: PATIENCE } as const;
  const report = await ask<SurveyReport>(await daemonSocket(invocation), question);
  process.stdout.write(`${surveyText(report).join('\n')}\n`);
  return report.passed ? 0 : 1;
};
