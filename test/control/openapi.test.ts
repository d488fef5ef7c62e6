import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWERS } from '../../src/control/answers.ts';
import { eventsRoute } from '../../src/control/events.ts';
import { openApi } from '../../src/control/openapi.ts';
import { operationRoutes } from '../../src/control/operations.ts';
import { reloadRoute } from '../../src/control/reload.ts';
import type { Route } from '../../src/control/route.ts';
import { statusRoute } from '../../src/control/status.ts';
import { EventHistory } from '../../src/observe/history.ts';
import { laboratory } from '../monitor/laboratory.ts';

interface Operation {
  readonly responses: { readonly 200: { readonly content: Record<string, { schema: { $ref: string } }> } };
}

const { paths } = openApi('1.2.3') as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

/** A daemon with an uplink that works, one that has died and one that rests. */
function daemon() {
  const { start, clock, dead, kernel } = laboratory();
  const monitor = start();
  dead.add('eth2');
  clock.advance(30_000);
  const history = new EventHistory();
  const fields = { UPLINK: 'eth2', UPLINK_NAME: 'Cable', STATE: 'down', ROLE: 'standby', REASON: 'no reply' };
  history.add({ severity: 'warning', event: 'uplink_down', text: 'Cable is down', fields }, new Date());
  history.add({ severity: 'info', text: 'a line without a name' }, new Date());
  const now = () => clock.now();
  const routes: Route[] = [
    statusRoute(monitor, now, () => new Date()),
    eventsRoute(history),
    reloadRoute(
      '/etc/fault_tolerant_router.conf',
      () => [],
      () => monitor.kernelFaults,
    ),
    ...operationRoutes(monitor, kernel, now),
  ];
  return { routes, clock };
}

test('every route is described, and no other', () => {
  const said = daemon().routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(said.toSorted(), described.toSorted());
});

const QUESTIONS: Record<string, { query?: Record<string, string>; body?: object }> = {
  '/v1/explain': { query: { destination: '198.19.0.1' } },
  '/v1/uplinks/{uplink}/force': { body: { to: 'up' } },
  '/v1/uplinks/{uplink}/drain': { body: { for: '10m' } },
};

for (const { method, path, operation } of operations) {
  test(`${method} ${path} answers as it is described, with nothing left out`, async () => {
    const { routes, clock } = daemon();
    const route = routes.find((one) => one.path === path.replaceAll(/\{(\w+)\}/g, ':$1'));
    const { query = {}, body } = QUESTIONS[path] ?? {};
    const answer = route?.handle({ parameters: { uplink: 'Cable' }, query, body });
    clock.advance(10_000);
    const name = operation.responses[200].content['application/json']?.schema.$ref.split('/').at(-1);
    const parsed = ANSWERS[name as keyof typeof ANSWERS].safeParse(await answer);
    assert.ok(parsed.success, parsed.error?.message);
  });
}
