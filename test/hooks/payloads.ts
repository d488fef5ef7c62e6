import { type Payload, payloads } from '../../src/hooks/payload.ts';
import type { Standing } from '../../src/monitor/news.ts';

const fibre = {
  interface: 'eth1',
  family: 4 as const,
  description: 'Fibre',
  ip: '198.18.1.2',
  gateway: '198.18.1.1',
  up: true,
  routing: true,
};

/** A line that works, and one that has never been there. */
export const standings: readonly Standing[] = [
  { is: fibre, reason: '6 of 6 targets answer' },
  {
    is: {
      interface: 'ppp0',
      family: 4 as const,
      description: 'LTE',
      up: false,
      routing: false,
      override: 'down',
    },
    reason: 'there is no interface ppp0',
  },
];

export const time = new Date(Date.UTC(2026, 10, 22, 13, 3, 11, 204));

/** News that LTE is down, one of many. */
export function payload(number = 1): Payload {
  const [made] = payloads(
    {
      kind: 'moved',
      uplink: { interface: 'ppp0', family: 4 as const, description: 'LTE' },
      up: false,
      reason: 'there is no interface ppp0',
    },
    standings,
    time,
    () => `id-${number}`,
  );
  return made as Payload;
}
