import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ControlError } from '../../src/control/error.ts';
import { operationRoutes } from '../../src/control/operations.ts';
import { overriddenText, type Overridden } from '../../src/control/override.ts';
import { find } from '../../src/control/route.ts';
import { type SurveyReport, surveyText } from '../../src/control/survey.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { both, fibreAlone, laboratory, lineOf } from '../monitor/laboratory.ts';

function daemon() {
  const all = laboratory();
  const monitor = all.start();
  all.clock.advance(100);
  const routes = operationRoutes(monitor, all.kernel, () => all.clock.now());
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    const found = find(routes, method, pathname);
    assert.ok('route' in found);
    const { route, parameters } = found;
    return (await route.handle({ parameters, query: Object.fromEntries(searchParams), body })) as Answer;
  };
  return { ...all, monitor, ask };
}

describe('the daemon', () => {
  test('can be told to force an uplink and to let it be', async () => {
    const { ask, balancing, monitor } = daemon();
    const { reason } = lineOf(monitor, 'Cable').state;
    const down = await ask<Overridden>('POST', '/v1/uplinks/Cable/force', { to: 'down' });
    assert.equal(balancing(), fibreAlone);
    assert.deepEqual(overriddenText(down), [
      `Uplink Cable is forced down by the administrator; the tests say: ${reason}.`,
      'It carries no new connections.',
    ]);
    const auto = await ask<Overridden>('POST', '/v1/uplinks/eth2/force', { to: 'auto' });
    assert.equal(balancing(), both);
    assert.deepEqual(overriddenText(auto), [
      `Uplink Cable is judged by its tests again: ${reason}.`,
      'It carries 25 % of the new connections.',
    ]);
  });

  test('can be told to drain an uplink, with an end or without', async () => {
    const { ask, balancing, clock } = daemon();
    const limited = await ask<Overridden>('POST', '/v1/uplinks/Cable/drain', { for: '10m' });
    assert.match(
      overriddenText(limited)[0] ?? '',
      /^Uplink Cable is drained by the administrator, 10m 0s left; the tests say: /,
    );
    clock.advance(600_000);
    assert.equal(balancing(), both);
    const endless = await ask<Overridden>('POST', '/v1/uplinks/Cable/drain');
    assert.match(
      overriddenText(endless)[0] ?? '',
      /^Uplink Cable is drained by the administrator; the tests say/,
    );
    assert.equal(balancing(), fibreAlone);
  });

  test('says when a drained uplink is still needed', async () => {
    const { ask, dead, clock } = daemon();
    dead.add('eth1').add('ppp0');
    clock.advance(11_000);
    const drained = await ask<Overridden>('POST', '/v1/uplinks/Cable/drain');
    assert.equal(
      overriddenText(drained)[1],
      'It carries 100 % of the new connections: no other uplink works.',
    );
  });

  test('asks all targets of an uplink', async () => {
    const { ask, clock, dead, monitor } = daemon();
    const { reason } = lineOf(monitor, 'Cable').state;
    const answer = ask<SurveyReport>('POST', '/v1/uplinks/Cable/probe');
    clock.advance(10);
    assert.deepEqual(surveyText(await answer), [
      'Cable on eth2:',
      '  198.19.0.1  5.0 ms',
      '  198.19.0.2  5.0 ms',
      '  198.19.0.3  5.0 ms',
      '3 of 3 targets answer, 2 needed: it works.',
      `The regular checks agree: up for 0s, ${reason}.`,
    ]);
    dead.add('eth2');
    const silent = ask<SurveyReport>('POST', '/v1/uplinks/Cable/probe');
    clock.advance(1000);
    assert.deepEqual(surveyText(await silent).slice(3), [
      '  198.19.0.3  no reply',
      '0 of 3 targets answer, 2 needed: it does not work.',
      `The regular checks say otherwise: up for 1s, ${lineOf(monitor, 'Cable').state.reason}.`,
    ]);
  });

  test('explains a connection', async () => {
    const { ask } = daemon();
    const { way, mark } = await ask<Explanation>('GET', '/v1/explain?destination=198.19.0.1&mark=0x2');
    assert.deepEqual([way?.uplink, mark], ['Cable', 2]);
  });

  for (const [what, method, path, body, status, message] of [
    ['an unknown uplink', 'POST', '/v1/uplinks/Cables/force', { to: 'up' }, 404, /is Cable meant/],
    ['an unknown uplink to ask', 'POST', '/v1/uplinks/Cables/probe', undefined, 404, /is Cable meant/],
    [
      'an order without a word',
      'POST',
      '/v1/uplinks/Cable/force',
      undefined,
      400,
      /what to force it to is missing/,
    ],
    [
      'another word',
      'POST',
      '/v1/uplinks/Cable/force',
      { to: 'sideways' },
      400,
      /to: "sideways" is not a state; allowed: up, down, auto/,
    ],
    ['a word too many', 'POST', '/v1/uplinks/Cable/drain', { minutes: 3 }, 400, /minutes/],
    [
      'a drain into the past',
      'POST',
      '/v1/uplinks/Cable/drain',
      { for: '-1s' },
      400,
      /for: .*is not a duration/,
    ],
    ['a question without a destination', 'GET', '/v1/explain', undefined, 400, /destination/],
    [
      'a name as a destination',
      'GET',
      '/v1/explain?destination=example.com',
      undefined,
      400,
      /not an IP address/,
    ],
    ['a mark that is none', 'GET', '/v1/explain?destination=198.19.0.1&mark=x', undefined, 400, /mark/],
  ] as const) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(daemon().ask(method, path, body), (error) => {
        assert.ok(error instanceof ControlError);
        assert.equal(error.status, status);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('says that nothing can be asked over a line without a link', async () => {
    const { ask, kernel } = daemon();
    kernel.setLinks([]);
    await assert.rejects(ask('POST', '/v1/uplinks/Cable/probe'), { status: 409 });
  });
});
