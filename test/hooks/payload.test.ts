import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOOK_EVENTS } from '../../src/event-name.ts';
import { environment } from '../../src/hooks/environment.ts';
import { payloads, payloadSchema } from '../../src/hooks/payload.ts';
import type { MonitorEvent, UplinkSummary } from '../../src/monitor/event.ts';
import { payload, standings, time } from './payloads.ts';

const uplink = { interface: 'ppp0', family: 4 as const, description: 'LTE' };
const up: UplinkSummary = { ...uplink, up: true, routing: true };
const down: UplinkSummary = { ...uplink, up: false, routing: false };
const dead: UplinkSummary = { ...down, interface: 'eth1' };

const tell = (event: MonitorEvent) => payloads(event, standings, time, () => 'id');
const changed = (was: UplinkSummary, is: UplinkSummary) =>
  tell({
    kind: 'changed',
    uplinks: [
      { was, is },
      { was: dead, is: dead },
    ],
  });

const nobody = { policy: 'voice', family: 4, carriers: [], replaced: false, otherwise: 'any' } as const;
const steered: MonitorEvent = {
  kind: 'steered',
  was: nobody,
  is: { ...nobody, carriers: [{ ...uplink, share: 1 }] },
};

describe('a payload', () => {
  test('tells what has happened, of whom, and how all stand after it', () => {
    const lte = {
      interface: 'ppp0',
      family: 4,
      description: 'LTE',
      state: 'down',
      role: 'standby',
      override: 'down',
      ip: null,
      gateway: null,
      reason: 'there is no interface ppp0',
    };
    assert.deepEqual(payload(), {
      version: 1,
      id: 'id-1',
      event: 'uplink_down',
      time: '2026-11-22T13:03:11.204Z',
      message: 'Uplink LTE is down: there is no interface ppp0',
      uplink: lte,
      policy: null,
      uplinks: [
        {
          interface: 'eth1',
          family: 4,
          description: 'Fibre',
          state: 'up',
          role: 'routing',
          override: null,
          ip: '198.18.1.2',
          gateway: '198.18.1.1',
          reason: '6 of 6 targets answer',
        },
        lte,
      ],
      routing: ['eth1'],
    });
    assert.deepEqual(payloadSchema.parse(JSON.parse(JSON.stringify(payload()))), payload());
  });

  test('is one for each thing that has happened at once, about nobody where it is about all', () => {
    assert.deepEqual(
      changed(up, down).map(({ event, message, uplink }) => [event, message.split('\n').length, uplink]),
      [
        ['route_change', 2, undefined],
        ['all_down', 1, undefined],
      ],
    );
    const names = (was: UplinkSummary, is: UplinkSummary) => changed(was, is).map(({ event }) => event);
    assert.deepEqual(names(down, up), ['route_change', 'some_up']);
    assert.deepEqual(names(up, { ...up, ip: '198.18.0.9' }), ['uplink_change']);
  });

  test('names the policy that leads elsewhere', () => {
    const [told] = tell(steered);
    assert.deepEqual(
      [told?.event, told?.policy, told?.uplink, told?.message],
      ['policy_change', 'voice', undefined, 'Policy voice: as all others --> LTE'],
    );
    assert.equal(environment(told!)['FTR_POLICY'], 'voice');
  });

  test('does not grow with what the log leaves out, or has without end', () => {
    const operation = {
      kind: 'set-sysctl',
      sysctl: { family: 4, path: ['ip_forward'], value: '1' },
    } as const;
    const outcomes = (count: number, error?: Error) =>
      Array.from({ length: count }, () => ({ operation, ...(error && { error }) }));
    const [repaired] = tell({ kind: 'reconciled', outcomes: outcomes(5000), cause: 'repair' });
    assert.equal(repaired?.message, 'Kernel, changed by somebody, repaired: 5000 changes');
    const error = new Error('x'.repeat(1000));
    const [failed] = tell({ kind: 'reconciled', outcomes: outcomes(5000, error), cause: 'repair' });
    assert.ok((failed?.message.length ?? 0) < 131_072);
    assert.match(failed?.message ?? '', /\n… and 4900 more lines$/);
  });

  test('is made of every event that hooks can wait for', () => {
    const events: MonitorEvent[] = [
      { kind: 'started', routing: [] },
      steered,
      { kind: 'moved', uplink, up: true, reason: '6 of 6 targets answer' },
      { kind: 'moved', uplink, up: false, reason: 'no reply' },
      { kind: 'overridden', uplink, was: undefined, is: undefined, left: undefined },
      {
        kind: 'reconciled',
        outcomes: [
          { operation: { kind: 'set-sysctl', sysctl: { family: 4, path: ['ip_forward'], value: '1' } } },
        ],
        cause: 'repair',
      },
      { kind: 'flushed', uplink, cause: 'failed' },
      { kind: 'unreadable', error: new Error('EPERM') },
    ];
    const told = [
      ...events.flatMap(tell),
      ...changed(up, down),
      ...changed(down, up),
      ...changed(up, { ...up, ip: '198.18.0.9' }),
    ];
    const names = new Set(told.map(({ event }) => event));
    assert.deepEqual(
      HOOK_EVENTS.filter((name) => !names.has(name)),
      [],
    );
  });
});

test('all of a payload stands in the environment, flat', () => {
  assert.deepEqual(environment(payload()), {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    FTR_VERSION: '1',
    FTR_ID: 'id-1',
    FTR_EVENT: 'uplink_down',
    FTR_TIME: '2026-11-22T13:03:11.204Z',
    FTR_MESSAGE: 'Uplink LTE is down: there is no interface ppp0',
    FTR_POLICY: '',
    FTR_ROUTING: 'eth1',
    FTR_UPLINK: 'ppp0',
    FTR_UPLINK_FAMILY: '4',
    FTR_UPLINK_DESCRIPTION: 'LTE',
    FTR_UPLINK_STATE: 'down',
    FTR_UPLINK_ROLE: 'standby',
    FTR_UPLINK_OVERRIDE: 'down',
    FTR_UPLINK_IP: '',
    FTR_UPLINK_GATEWAY: '',
    FTR_UPLINK_REASON: 'there is no interface ppp0',
    FTR_UPLINKS: '2',
    FTR_UPLINKS_0: 'eth1',
    FTR_UPLINKS_0_FAMILY: '4',
    FTR_UPLINKS_0_DESCRIPTION: 'Fibre',
    FTR_UPLINKS_0_STATE: 'up',
    FTR_UPLINKS_0_ROLE: 'routing',
    FTR_UPLINKS_0_OVERRIDE: '',
    FTR_UPLINKS_0_IP: '198.18.1.2',
    FTR_UPLINKS_0_GATEWAY: '198.18.1.1',
    FTR_UPLINKS_0_REASON: '6 of 6 targets answer',
    FTR_UPLINKS_1: 'ppp0',
    FTR_UPLINKS_1_FAMILY: '4',
    FTR_UPLINKS_1_DESCRIPTION: 'LTE',
    FTR_UPLINKS_1_STATE: 'down',
    FTR_UPLINKS_1_ROLE: 'standby',
    FTR_UPLINKS_1_OVERRIDE: 'down',
    FTR_UPLINKS_1_IP: '',
    FTR_UPLINKS_1_GATEWAY: '',
    FTR_UPLINKS_1_REASON: 'there is no interface ppp0',
  });
});
