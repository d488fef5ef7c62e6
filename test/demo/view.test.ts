import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Story } from '../../demo/story.ts';
import { summary } from '../../demo/summary.ts';
import { view } from '../../demo/view.ts';
import type { UplinkStatus } from '../../src/control/status.ts';
import { Transcript } from '../support/waiting.ts';

const uplink: UplinkStatus = {
  interface: 'eth1',
  family: 4,
  description: 'Provider 1',
  state: 'up',
  override: null,
  role: 'routing',
  share: 1,
  reason: '4 of 4 targets answer, 4 needed',
  age: 12_000,
  ip: '198.18.10.2',
  gateway: '198.18.10.1',
  priority_group: 1,
  weight: 1,
  probes: { sent: 4, lost: 0, rtt: { median: 1, mean: 1, deviation: 0 } },
  targets: [],
  history: [{ sent: 4, lost: 0, rtt: { median: 1, mean: 1, deviation: 0 } }],
};

/** The last lines of the story as a terminal of so many rows shows them. */
function picture(height: number): string[] {
  const line = (text: string) => ({ kind: 'scene', time: '14:03:11.204', text }) as const;
  const scene = {
    act: 'Act 1 of 5: Provider 1 a black hole',
    status: { version: 1, uplinks: [uplink] } as const,
    seen: new Map([['eth1', 1]]),
    story: Array.from({ length: 50 }, (_, index) => line(`scene ${index}`)),
    connections: { all: 1234, lost: 4 },
    recent: [
      { all: 50, lost: 0 },
      { all: 50, lost: 4 },
    ],
  };
  return view(scene, { width: 80, colour: false }, height);
}

test('the picture fills the terminal and is never higher', () => {
  for (const height of [1, 5, 12, 24]) assert.equal(picture(height).length, height);
});

test('the picture ends with the latest of the story, and counts new connections', () => {
  const lines = picture(24);
  assert.equal(lines.at(-1), '14:03:11.204  * scene 49');
  assert.ok(lines.includes('New connections: 1,230 answered, 4 lost; second by second ·×'), lines.join('\n'));
});

test('the story leaves out what the daemon does to the kernel, and what of an uplink has not changed', () => {
  const log = new Transcript<string>();
  const story = new Story();
  log.add('2026-11-22 14:03:11.204 Uplink LTE is down: there is no interface ppp0');
  story.follow(log);
  for (const entry of [
    'Kernel: rule delete 40005: from 198.18.12.2 lookup 3 proto 70',
    'Uplink Provider 1: ip 198.18.10.2, gateway 198.18.10.1, up, standby --> routing',
    'Uplink Provider 2: ip 198.18.11.2, gateway 198.18.11.1, up, standby',
    'Uplink LTE: ip 198.18.12.2 --> none, gateway 198.18.12.1 --> none, up --> down, routing --> standby',
  ])
    log.add(`2026-11-22 14:03:11.205 ${entry}`);
  log.add('TypeError: of a daemon that dies');
  assert.deepEqual(
    story.entries.map(({ text }) => text),
    [
      'Uplink LTE is down: there is no interface ppp0',
      'Uplink Provider 1: standby --> routing',
      'Uplink LTE: ip 198.18.12.2 --> none, gateway 198.18.12.1 --> none, routing --> standby',
      'TypeError: of a daemon that dies',
    ],
  );
});

test('the summary fits 80 columns and says so where there was nothing to measure', () => {
  const lines = summary([
    {
      title: 'Cable of Provider 2 pulled',
      movedAfter: 4,
      backAfter: 1234,
      connections: { all: 302, lost: 0 },
      lostOnHealthy: 0,
    },
    { title: 'LTE process killed, in standby', backAfter: 60, connections: { all: 12_345, lost: 3456 } },
  ]);
  assert.deepEqual(lines.slice(2, 4), [
    'Cable of Provider 2 pulled      0.00 s  1.23 s         0 of 302           0',
    'LTE process killed, in standby       –  0.06 s    3456 of 12345           –',
  ]);
  assert.ok(lines.every((line) => line.length <= 80));
});
