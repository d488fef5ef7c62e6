import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTrace } from '../../src/trace/reader.ts';
import { SetValues } from '../../src/trace/set-values.ts';
import { Trial } from '../../src/trace/trial.ts';
import { Site } from './site.ts';

test('the decisions of a real router are made again from its trace', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'ftr-trace-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const trace = join(directory, 'router.trace');
  const site = await Site.build(context, [{ name: 'eth1' }, { name: 'eth2' }]);
  await site.start({ options: [`--record=${trace}`] });
  await site.tells(/Uplink eth1 is down/, () => site.internet.impair('eth1', 'beyond'));
  await site.tells(/Uplink eth1 is up/, () => site.internet.mend('eth1'));
  await site.tells(/Uplink eth2 is down/, () => site.router.ip(['link set eth2 down']));
  await site.tells(/is in force/, () => site.daemon.signal('SIGHUP'));
  await site.tells(/Uplink eth2 is up/, () => site.router.ip(['link set eth2 up']));
  await site.daemon.end();
  const said = site.daemon.log.entries.flatMap((line) => /Uplink (eth\d is .*)$/.exec(line)?.[1] ?? []);

  const trial = new Trial(new SetValues([]));
  for (const record of readTrace(trace, assert.fail)) trial.feed(record);
  const found = trial.end();
  const told = found?.decisions.map(
    ({ transition: { uplink, up, reason } }) => `${uplink.interface} is ${up ? 'up' : 'down'}: ${reason}`,
  );
  assert.deepEqual(told, said);
  assert.ok((found?.probes ?? 0) > 20);
  assert.equal(found?.scores.get('eth1')?.recorded.moves, 2);
});
