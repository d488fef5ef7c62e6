import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lives } from '../hooks/processes.ts';
import { until } from '../support/waiting.ts';
import { fresh, lost, PATIENCE, Site } from './site.ts';

test('hooks that hang, flood and are not there hold up no failover, and end with the daemon', async (t) => {
  const site = await Site.build(t, [{ name: 'eth1' }, { name: 'eth2' }, { name: 'eth3' }]);
  const on = ['uplink_down', 'route_change'];
  site.settings.hooks = [
    { on, command: ['sh', '-c', 'trap "" TERM; echo begun $$; while :; do sleep 1000; done'], timeout: '1h' },
    { on, command: ['yes'] },
    { on, command: ['/nonexistent/notify'] },
    { on, url: 'http://198.19.0.99/', timeout: '1h' },
  ];
  await site.start();
  const traffic = site.connect();
  const [begun = ''] = await site.tells(
    [/Hook sh: begun/, /Hook yes: prints without end/, /status 127/],
    () => site.internet.impair('eth3', 'beyond'),
  );
  await site.tells(/Uplink eth2 is down/, () => site.internet.impair('eth2', 'beyond'));
  assert.deepEqual(lost(await fresh(traffic, 40)), []);
  await site.tells(/Uplink eth2 is up/, () => site.internet.mend('eth2'));
  assert.deepEqual(lost(await fresh(traffic, 40)), []);

  const pid = begun.replace(/.* /, '');
  assert.ok(lives(pid));
  assert.equal(await site.daemon.end(), 0);
  await until(() => !lives(pid), PATIENCE);
});
