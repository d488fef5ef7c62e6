import type { Tests } from '../../src/config/tests.ts';

/** How uplinks are tested when the file says nothing of it. */
export const PLAIN_TESTS: Tests = {
  ips: ['8.8.8.8', '8.8.4.4', '208.67.222.222', '208.67.220.220', '4.2.2.2', '4.2.2.3'],
  required_successful: 4,
  ping_retries: 1,
  interval: 60,
  timeout: 2,
  fall: 1,
  rise: 1,
  hold_down: 0,
  failback: 'auto',
  leave: { loss: 20 },
  return: { loss: 5 },
};
