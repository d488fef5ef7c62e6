import type { UplinkStatus } from '../../src/control/status.ts';
import type { Summary } from '../../src/probe/window.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

function answered(mean: number, deviation = 0.1): Summary {
  return { sent: 10, lost: 0, rtt: { median: mean, mean, deviation } };
}

function history(...last: Summary[]): Summary[] {
  return [...Array.from({ length: 20 - last.length }, () => answered(12)), ...last];
}

/** Works since days. */
export const fibre: UplinkStatus = {
  interface: 'eth1',
  family: 4,
  description: 'Fibre',
  state: 'up',
  override: null,
  role: 'routing',
  share: 0.75,
  reason: '6 of 6 targets answer',
  age: 3 * DAY + 4.5 * 3600 * SECOND,
  ip: '198.18.1.2',
  gateway: '198.18.1.1',
  priority_group: 1,
  weight: 3,
  probes: { sent: 200, lost: 0, rtt: { median: 12.06, mean: 12.06, deviation: 0.84 } },
  targets: [],
  history: history(answered(18), answered(12), answered(24), answered(500)),
};
/** Works since minutes, with a lost probe. */
export const cable: UplinkStatus = {
  ...fibre,
  interface: 'eth2',
  description: 'Cable',
  share: 0.25,
  age: 12 * 60 * SECOND + 3 * SECOND,
  probes: { sent: 1000, lost: 1, rtt: { median: 18.4, mean: 18.4, deviation: 3 } },
  targets: [],
  history: history({ sent: 0, lost: 0 }, { sent: 10, lost: 5, rtt: { median: 12, mean: 12, deviation: 1 } }),
};
/** Down, of the second group. */
export const lte: UplinkStatus = {
  ...fibre,
  interface: 'ppp0',
  description: 'LTE',
  state: 'down',
  role: 'standby',
  share: 0,
  reason: 'no reply from 5 of 6 targets, 4 needed',
  age: 41 * SECOND,
  priority_group: 2,
  probes: { sent: 100, lost: 100 },
  targets: [],
  history: Array.from({ length: 20 }, () => ({ sent: 5, lost: 5 })),
};
