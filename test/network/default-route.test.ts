import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRoutes } from '../../src/network/default-route.ts';
import type { Route } from '../../src/network/route.ts';

const route = (change: Partial<Route>): Route => ({
  family: 4,
  type: 'unicast',
  table: 254,
  metric: 0,
  protocol: 16,
  nexthops: [{ gateway: '198.18.1.1', device: 'eth1', weight: 1 }],
  ...change,
});

test('the default routes over a device, the one that wins first', () => {
  const routes = [
    route({ metric: 1024, source: '198.18.1.2' }),
    route({
      metric: 100,
      nexthops: [
        { gateway: '198.18.2.1', device: 'eth2', weight: 1 },
        { device: 'eth1', weight: 1 },
      ],
    }),
    route({ destination: { address: '198.19.0.0', length: 16 } }),
    route({ type: 'unreachable', nexthops: [] }),
  ];
  assert.deepEqual(defaultRoutes('eth1', routes), [
    { family: 4, device: 'eth1', metric: 100 },
    { family: 4, device: 'eth1', gateway: '198.18.1.1', metric: 1024, source: '198.18.1.2' },
  ]);
  assert.deepEqual(defaultRoutes('eth3', routes), []);
});
