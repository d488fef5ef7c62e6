import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventHistory, type RecordedEvent } from '../../src/observe/history.ts';
import type { Line } from '../../src/observe/line.ts';

const time = new Date('2026-11-23T14:03:11.204Z');
const plain = (text: string): Line => ({ severity: 'info', text });
const texts = (events: readonly RecordedEvent[]) => events.map(({ text }) => text);

test('a line of the log is remembered with all that programs read of it', () => {
  const history = new EventHistory();
  const fields = { UPLINK: 'ppp0', UPLINK_NAME: 'LTE', STATE: 'down', ROLE: 'standby', REASON: 'no reply' };
  history.add({ severity: 'warning', event: 'uplink_down', text: 'Uplink LTE is down', fields }, time);
  history.add(plain('Something else'), time);
  const nothing = { event: null, uplink: null, policy: null, state: null, role: null, reason: null };
  assert.deepEqual(history.events, [
    {
      time: '2026-11-23T14:03:11.204Z',
      event: 'uplink_down',
      severity: 'warning',
      text: 'Uplink LTE is down',
      uplink: { interface: 'ppp0', family: 4 as const, description: 'LTE' },
      policy: null,
      state: 'down',
      role: 'standby',
      reason: 'no reply',
    },
    { ...nothing, time: '2026-11-23T14:03:11.204Z', severity: 'info', text: 'Something else' },
  ]);
});

test('single probes are not remembered, and of the others the last 500', () => {
  const history = new EventHistory();
  for (let count = 0; count < 1000; count++) {
    history.add({ severity: 'debug', event: 'probe', text: `probe ${count}` }, time);
    history.add(plain(`event ${count}`), time);
  }
  assert.equal(history.events.length, 500);
  assert.deepEqual([texts(history.events)[0], texts(history.events).at(-1)], ['event 500', 'event 999']);
});

test('who follows is handed what comes, until it goes', () => {
  const history = new EventHistory();
  history.add(plain('before'), time);
  const heard: RecordedEvent[] = [];
  const end = history.follow((event) => heard.push(event));
  history.add(plain('meanwhile'), time);
  end();
  history.add(plain('after'), time);
  assert.deepEqual(texts(heard), ['meanwhile']);
});
