import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Attachment } from '../../src/uplink/attachment.ts';
import type { HysteresisRules } from '../../src/uplink/hysteresis.ts';
import { initialState, step, type UplinkEvent, type UplinkState } from '../../src/uplink/state.ts';

const plain: HysteresisRules = { fall: 1, rise: 1, holdDown: 0, failback: 'auto' };
const good: Attachment = { index: 5, ip: '198.18.1.2', gateway: '198.18.1.1', routable: true };
const pulled: Attachment = { ...good, fault: 'no carrier on eth1' };
const passed = {
  kind: 'checked',
  verdict: { passed: true, reason: '4 of 4 targets answer, 4 needed' },
} as const;
const failed = {
  kind: 'checked',
  verdict: { passed: false, reason: 'no reply from 6 of 6 targets for 0.4 s, 4 needed' },
} as const;
const silent = { kind: 'gateway-silent' } as const;
const attached = (attachment: Attachment) => ({ kind: 'attached', attachment }) as const;

/** "up since 3: why" after events that come at 1, 2, 3 ... */
function after(start: UplinkState, ...events: UplinkEvent[]): string {
  const { up, since, reason } = events.reduce(
    (state, event, index) => step(state, event, index + 1, plain),
    start,
  );
  return `${up ? 'up' : 'down'} since ${since}: ${reason}`;
}

describe('an uplink', () => {
  const up = initialState(good, 'working', 0);

  test('works until something speaks against it', () =>
    assert.equal(after(up), 'up since 0: not tested yet'));
  test('has failed at the start when it carried nothing before', () =>
    assert.equal(
      after(initialState(good, 'failed', 0)),
      'down since 0: it carried nothing before the start, and is not tested yet',
    ));
  test('has failed at the start when its link has', () =>
    assert.equal(after(initialState(pulled, 'working', 0)), 'down since 0: no carrier on eth1'));
  test('goes down with a failed check', () =>
    assert.equal(after(up, failed), `down since 1: ${failed.verdict.reason}`));
  test('comes up with a passed check', () =>
    assert.equal(after(up, failed, passed), `up since 2: ${passed.verdict.reason}`));
  test('keeps its time while only the reason changes', () =>
    assert.equal(after(up, failed, silent), 'down since 1: the gateway 198.18.1.1 does not answer ARP'));
  test('goes down with its link at once', () =>
    assert.equal(after(up, attached(pulled)), 'down since 1: no carrier on eth1'));
  test('does not come up with its link alone', () =>
    assert.equal(
      after(up, attached(pulled), attached(good)),
      'down since 1: the link is back, and is not tested yet',
    ));
  test('comes up with a check after its link is back', () =>
    assert.equal(
      after(up, attached(pulled), attached(good), passed),
      `up since 3: ${passed.verdict.reason}`,
    ));
  test('does not listen to a check while its link is gone', () =>
    assert.equal(after(up, attached(pulled), passed), 'down since 1: no carrier on eth1'));
  test('stays up when only its address changes', () =>
    assert.equal(
      after(up, passed, attached({ ...good, ip: '198.18.1.9' })),
      `up since 0: ${passed.verdict.reason}`,
    ));
  test('goes down at once when its gateway does not answer', () =>
    assert.equal(after(up, silent), 'down since 1: the gateway 198.18.1.1 does not answer ARP'));
});

describe('whatever happens to an uplink', () => {
  const event = fc.constantFrom<UplinkEvent>(
    passed,
    failed,
    silent,
    attached(good),
    attached(pulled),
    attached({ routable: false, fault: 'there is no interface eth1' }),
  );
  const events = fc.array(event, { maxLength: 40 });
  const states = (all: readonly UplinkEvent[]) => {
    let state = initialState(good, 'working', 0);
    return all.map((one, index) => {
      const before = state;
      state = step(state, one, index + 1, plain);
      return { before, event: one, state, now: index + 1 };
    });
  };

  test('it has a reason, and its time is that of its last move', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { before, state, now } of states(all)) {
          assert.notEqual(state.reason, '');
          assert.equal(state.since, before.up === state.up ? before.since : now);
        }
      }),
    );
  });

  test('it is never up over a link with a fault, and comes up by a passed check alone', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { before, event: cause, state } of states(all)) {
          if (state.attachment.fault !== undefined) assert.equal(state.up, false);
          if (!before.up && state.up) assert.equal(cause, passed);
        }
      }),
    );
  });
});
