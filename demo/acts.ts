import type { Internet } from '../test/support/internet.ts';
import { type LineName, secondAddress } from './configuration.ts';

/** Lines are broken, the router finds its way, the lines are mended. */
export interface Act {
  /** What happens, in few words. */
  readonly title: string;
  /** What is done, told when it is done. */
  readonly fault: string;
  readonly repair: string;
  /** The lines that are broken. */
  readonly broken: readonly LineName[];
  /** The lines that shall carry new connections then; absent when none can. */
  readonly carriers?: readonly LineName[];
  readonly strike: (internet: Internet) => void | Promise<void>;
  readonly mend: (internet: Internet) => void | Promise<void>;
}

export const acts: readonly Act[] = [
  {
    title: 'Provider 1 a black hole',
    fault: 'Provider 1 becomes a black hole: its gateway answers, nothing behind it does',
    repair: 'Provider 1 is mended',
    broken: ['eth1'],
    carriers: ['eth2'],
    strike: (internet) => internet.impair('eth1', 'beyond'),
    mend: (internet) => internet.mend('eth1'),
  },
  {
    title: 'Cable of Provider 2 pulled',
    fault: 'the cable of Provider 2 is pulled',
    repair: 'the cable of Provider 2 is plugged in again',
    broken: ['eth2'],
    carriers: ['eth1'],
    strike: (internet) => internet.unplug('eth2'),
    mend: (internet) => internet.plug('eth2'),
  },
  {
    title: 'LTE process killed, in standby',
    fault: 'the PPP process of LTE is killed; its interface is gone',
    repair: `LTE dials again, and gets another address: ${secondAddress}`,
    broken: ['ppp0'],
    carriers: ['eth1', 'eth2'],
    strike: (internet) => internet.hangUp('ppp0'),
    mend: (internet) => internet.dial('ppp0', { address: secondAddress }),
  },
  {
    title: 'Both providers dead',
    fault: 'both providers are dead: not even their gateways answer',
    repair: 'both providers are mended',
    broken: ['eth1', 'eth2'],
    carriers: ['ppp0'],
    strike: silenceProviders,
    mend: mendProviders,
  },
  {
    title: 'Everything dead',
    fault: 'everything is dead: both providers and LTE',
    repair: 'everything is mended',
    broken: ['eth1', 'eth2', 'ppp0'],
    strike: async (internet) => {
      silenceProviders(internet);
      await internet.hangUp('ppp0');
    },
    mend: async (internet) => {
      mendProviders(internet);
      await internet.dial('ppp0', { address: secondAddress });
    },
  },
];

function silenceProviders(internet: Internet): void {
  internet.impair('eth1', 'silent');
  internet.impair('eth2', 'silent');
}

function mendProviders(internet: Internet): void {
  internet.mend('eth1');
  internet.mend('eth2');
}
