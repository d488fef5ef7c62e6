import { explain } from '../explain/explanation.ts';
import { QuestionError } from '../explain/question.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { UnknownUplinkError } from '../monitor/identify.ts';
import { NoPathError } from '../monitor/member.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { ControlError } from './error.ts';
import { lay } from './override.ts';
import { drainBody, explainQuery, forceBody, parse } from './requests.ts';
import type { Call, Route } from './route.ts';
import { survey } from './survey.ts';

/** What an administrator may order and ask beyond the status; `now` is the monitor's clock. */
export function operationRoutes(monitor: Monitor, kernel: Kernel, now: () => number): Route[] {
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/v1/explain',
      handle: ({ query }) => {
        const { numbering, policies } = monitor;
        const ground = { kernel, numbering, policies: policies.map(({ name }) => name) };
        return explain(parse(explainQuery, query), { ...ground, uplinks: monitor.uplinks() });
      },
    },
    {
      method: 'POST',
      path: '/v1/uplinks/:uplink/force',
      handle: (call) => {
        const { to } = parse(forceBody, call.body);
        return lay(monitor, uplinkOf(call), to === 'auto' ? undefined : { kind: to }, now());
      },
    },
    {
      method: 'POST',
      path: '/v1/uplinks/:uplink/drain',
      handle: (call) => {
        const { for: seconds } = parse(drainBody, call.body);
        const end = seconds === undefined ? {} : { until: now() + seconds * 1000 };
        return lay(monitor, uplinkOf(call), { kind: 'drained', ...end }, now());
      },
    },
    {
      method: 'POST',
      path: '/v1/uplinks/:uplink/probe',
      handle: (call) => survey(monitor, uplinkOf(call), now),
    },
  ];
  return routes.map((route) => ({ ...route, handle: refusing(route.handle) }));
}

function uplinkOf({ parameters }: Call): string {
  return parameters['uplink'] ?? '';
}

const REFUSALS = [
  [UnknownUplinkError, 404],
  [NoPathError, 409],
  [QuestionError, 400],
] as const;

/** The handler, with a status for the errors that are the client's. */
function refusing(handle: Route['handle']): Route['handle'] {
  return async (call) => {
    try {
      return await handle(call);
    } catch (error) {
      const [, status] = REFUSALS.find(([kind]) => error instanceof kind) ?? [];
      throw status === undefined ? error : new ControlError((error as Error).message, status);
    }
  };
}
