import type { Change } from '../../src/mail/message.ts';

const fibre = {
  interface: 'eth1',
  family: 4 as const,
  description: 'Fibre',
  ip: '198.18.1.2',
  gateway: '198.18.1.1',
  up: true,
  routing: true,
};
const cable = {
  ...fibre,
  interface: 'eth2',
  family: 4 as const,
  description: 'Cable',
  ip: '198.18.2.2',
  gateway: '198.18.2.1',
};
const dead = { ...fibre, up: false, routing: false };

/** An uplink fails. */
export const change: Change = {
  kind: 'changed',
  uplinks: [
    { was: fibre, is: dead },
    { was: cable, is: cable },
  ],
};

/** It works again. */
export const recovery: Change = {
  kind: 'changed',
  uplinks: [
    { was: dead, is: fibre },
    { was: cable, is: cable },
  ],
};
