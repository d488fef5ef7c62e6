import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MonitorEvent, PolicySummary, UplinkSummary } from '../../src/monitor/event.ts';
import type { Rule } from '../../src/network/rule.ts';
import { describe as describeEvent } from '../../src/observe/line.ts';
import type { Outcome } from '../../src/reconcile/reconciler.ts';

const text = (event: MonitorEvent) =>
  describeEvent(event).map(({ severity, text: words }) => `${severity}: ${words}`);

const uplink = { interface: 'eth1', family: 4 as const, description: 'D' };
const rule = (priority: number): Rule => ({ family: 4, priority, table: 1, protocol: 70 });
const added = (priority: number): Outcome => ({ operation: { kind: 'add-rule', rule: rule(priority) } });

describe('the log says', () => {
  test('who routes at the start', () => {
    assert.deepEqual(
      text({
        kind: 'started',
        routing: [uplink, { interface: 'eth2', family: 4 as const, description: 'E' }],
      }),
      ['notice: Monitor started, initial default route uplinks: D, E'],
    );
    assert.deepEqual(text({ kind: 'started', routing: [] }), [
      'notice: Monitor started, initial default route uplinks: none',
    ]);
  });

  test('what has changed of an uplink, and what has not', () => {
    const was: UplinkSummary = { ...uplink, up: true, routing: true };
    const is: UplinkSummary = {
      ...uplink,
      ip: '198.18.1.2',
      gateway: '198.18.1.1',
      up: false,
      routing: false,
    };
    assert.deepEqual(
      text({
        kind: 'changed',
        uplinks: [
          { was, is },
          { was: is, is },
        ],
      }),
      [
        'warning: Uplink D: ip none --> 198.18.1.2, gateway none --> 198.18.1.1, up --> down, routing --> standby',
        'warning: Uplink D: ip 198.18.1.2, gateway 198.18.1.1, down, standby',
        'error: No uplink works',
      ],
    );
  });

  test('why an uplink went down or came up', () => {
    assert.deepEqual(text({ kind: 'moved', uplink, up: false, reason: 'no carrier on eth1' }), [
      'warning: Uplink D is down: no carrier on eth1',
    ]);
    assert.deepEqual(text({ kind: 'moved', uplink, up: true, reason: '4 of 4' }), [
      'notice: Uplink D is up: 4 of 4',
    ]);
  });

  test('each change of the kernel, or how many when they are many', () => {
    assert.deepEqual(text({ kind: 'reconciled', outcomes: [added(1)], cause: 'decision' }), [
      'info: Kernel: rule add 1: from all lookup 1 proto 70',
    ]);
    const many = text({ kind: 'reconciled', outcomes: [1, 2, 3, 4, 5].map(added), cause: 'repair' });
    assert.equal(many[0], 'warning: Kernel, changed by somebody, repaired: 5 changes');
    assert.deepEqual(
      many.slice(1).map((line) => line.split(':')[0]),
      Array(5).fill('debug'),
    );
  });

  test('what failed, however much was done', () => {
    const failed: Outcome = { ...added(9), error: new Error('add rule: EPERM') };
    const lines = text({
      kind: 'reconciled',
      outcomes: [...[1, 2, 3, 4, 5].map(added), failed],
      cause: 'decision',
    });
    assert.equal(
      lines.at(-1),
      'error: Kernel: rule add 9: from all lookup 1 proto 70 failed: add rule: EPERM',
    );
  });

  test('each probe and each verdict to whoever debugs', () => {
    const probe = { target: '198.19.0.1', sentAt: 0 };
    assert.deepEqual(text({ kind: 'probed', uplink, probe: { ...probe, rtt: 12.34 } }), [
      'debug: Uplink D: ping 198.19.0.1... ok, 12.3 ms',
    ]);
    assert.deepEqual(text({ kind: 'probed', uplink, probe: { ...probe, failure: 'no reply' } }), [
      'debug: Uplink D: ping 198.19.0.1... error: no reply',
    ]);
    const tcp = { target: 'tcp 198.19.0.1:443', sentAt: 0, rtt: 1 };
    assert.deepEqual(text({ kind: 'probed', uplink, probe: tcp }), [
      'debug: Uplink D: probe tcp 198.19.0.1:443... ok, 1.0 ms',
    ]);
    assert.deepEqual(text({ kind: 'checked', uplink, verdict: { passed: false, reason: 'why' } }), [
      'debug: Uplink D: check failed: why',
    ]);
  });
});

describe('programs are told', () => {
  const told = (event: MonitorEvent) => describeEvent(event).map(({ event: name, fields }) => [name, fields]);
  const other = { interface: 'eth2', family: 4 as const, description: 'E' };
  const standing: UplinkSummary = { ...other, up: false, routing: false };

  test('which uplink has gone which way, and why', () => {
    const fields = { UPLINK: 'eth1', UPLINK_NAME: 'D', FAMILY: '4', REASON: 'no carrier on eth1' };
    const moved = { kind: 'moved', uplink, reason: 'no carrier on eth1' } as const;
    assert.deepEqual(told({ ...moved, up: false }), [['uplink_down', { ...fields, STATE: 'down' }]]);
    assert.deepEqual(told({ ...moved, up: true }), [['uplink_up', { ...fields, STATE: 'up' }]]);
  });

  test('how all uplinks stand when new connections go another way', () => {
    const was: UplinkSummary = { ...uplink, up: true, routing: true };
    const names = { UPLINK: 'eth1', UPLINK_NAME: 'D', FAMILY: '4' };
    const others = { UPLINK: 'eth2', UPLINK_NAME: 'E', FAMILY: '4', STATE: 'down', ROLE: 'standby' };
    const uplinks = (is: Partial<UplinkSummary>) => [
      { was, is: { ...was, ...is } },
      { was: standing, is: standing },
    ];
    assert.deepEqual(told({ kind: 'changed', uplinks: uplinks({ routing: false }) }), [
      ['route_change', { ...names, STATE: 'up', ROLE: 'standby' }],
      ['route_change', others],
    ]);
    assert.deepEqual(told({ kind: 'changed', uplinks: uplinks({ ip: '198.18.1.2' }) }), [
      ['uplink_change', { ...names, STATE: 'up', ROLE: 'routing' }],
      ['uplink_change', others],
    ]);
  });

  test('which policy leads elsewhere', () => {
    const carrier = { ...uplink, share: 1 };
    const was = {
      policy: 'voice',
      family: 4,
      carriers: [carrier],
      replaced: false,
      otherwise: 'any',
    } as const;
    const two = [
      { ...carrier, share: 0.5 },
      { ...other, share: 0.5 },
    ];
    const fields = { POLICY: 'voice', FAMILY: '4' };
    assert.deepEqual(told({ kind: 'steered', was, is: { ...was, carriers: two } }), [
      ['policy_change', fields],
    ]);
    const words = (is: PolicySummary) => describeEvent({ kind: 'steered', was, is }).map(({ text }) => text);
    assert.deepEqual(words({ ...was, carriers: two }), ['Policy voice: D --> D, E']);
    assert.deepEqual(words({ ...was, family: 6, carriers: [], otherwise: 'blackhole' }), [
      'Policy voice IPv6: D --> black hole',
    ]);
  });

  test('that the last uplink has failed, and that the first works again', () => {
    const up: UplinkSummary = { ...standing, up: true };
    const last = (was: UplinkSummary, is: UplinkSummary) =>
      told({ kind: 'changed', uplinks: [{ was, is }] }).at(-1)?.[0];
    assert.equal(last(up, standing), 'all_down');
    assert.equal(last(standing, up), 'some_up');
    assert.equal(last(up, up), 'uplink_change');
    assert.equal(last(standing, standing), 'uplink_change');
  });

  test('a repair from a change of our own, and what failed', () => {
    const reconciled = { kind: 'reconciled', outcomes: [added(1)] } as const;
    assert.equal(told({ ...reconciled, cause: 'repair' })[0]?.[0], 'repaired');
    assert.equal(told({ ...reconciled, cause: 'decision' })[0]?.[0], 'kernel_change');
    const error = new Error('add rule: EPERM');
    assert.deepEqual(told({ ...reconciled, outcomes: [{ ...added(1), error }], cause: 'repair' }), [
      ['kernel_error', { REASON: 'add rule: EPERM' }],
    ]);
  });

  test('what became of each probe', () => {
    const names = { UPLINK: 'eth1', UPLINK_NAME: 'D', FAMILY: '4', TARGET: '198.19.0.1' };
    const probed = { kind: 'probed', uplink } as const;
    const probe = { target: '198.19.0.1', sentAt: 0 };
    assert.deepEqual(told({ ...probed, probe: { ...probe, rtt: 12.34 } }), [
      ['probe', { ...names, RTT_MS: '12.340' }],
    ]);
    assert.deepEqual(told({ ...probed, probe: { ...probe, failure: 'no reply' } }), [
      ['probe', { ...names, REASON: 'no reply' }],
    ]);
  });
});
