import assert from 'node:assert/strict';
import { test } from 'node:test';
import { echoPort } from '../support/exchange.ts';
import { targets } from '../support/topology.ts';
import { Site } from './site.ts';

const lines = [{ name: 'eth1' }, { name: 'eth2' }];

test('targets that are not pinged decide as the others do, each over its own line', async (t) => {
  const site = await Site.build(t, lines);
  site.settings.tests = {
    ...site.settings.tests,
    ips: [],
    targets: [
      ...targets.slice(0, 3).map((address) => ({ tcp: `${address}:${echoPort}` })),
      { neighbour: 'gateway' },
    ],
    required_successful: 3,
  };
  // Where the mark leads astray, there is a way by the line beside it.
  site.router.ip(['route add default via 198.18.11.1 dev eth2']);
  await site.start();
  // The gateway goes on answering: that alone is not enough.
  const [line = ''] = await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  assert.match(line, /no reply from [34] of 4 targets/);
  await site.tells(/Uplink eth1 is up/, () => site.internet.mend('eth1'));
  assert.ok(!site.daemon.log.entries.some((entry) => /Uplink eth2 is/.test(entry)));
});
