/* Run by default-routes.test.ts in a namespace of its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { LinuxKernel } from '../../src/kernel/linux.ts';
import { Transcript, until } from '../support/waiting.ts';

const kernel = new LinuxKernel(70);
after(() => kernel.close());

const within = 5000;
const ip = (...commands: string[]) => execFileSync('ip', ['-batch', '-'], { input: commands.join('\n') });

test('the default routes over an interface, the one that wins first, and of each family its own', () => {
  ip(
    'route add default via 198.18.1.1 metric 1024 proto dhcp src 198.18.1.2',
    'route add default metric 100 nexthop via 198.18.1.9 dev eth1 nexthop via 198.18.2.1 dev eth2',
    'route add 198.19.0.0/16 via 198.18.1.1',
    'route add default via 198.18.1.7 dev eth1 table 1001',
    'route add default via fe80::1 dev eth1 metric 512',
  );
  assert.deepEqual(kernel.defaults('eth1', 4), [
    { family: 4, device: 'eth1', gateway: '198.18.1.9', metric: 100 },
    { family: 4, device: 'eth1', gateway: '198.18.1.1', metric: 1024, source: '198.18.1.2' },
  ]);
  assert.deepEqual(
    kernel.defaults('eth2', 4).map(({ gateway }) => gateway),
    ['198.18.2.1'],
  );
  assert.deepEqual(kernel.defaults('eth1', 6), [
    { family: 6, device: 'eth1', gateway: 'fe80::1', metric: 512 },
  ]);
  assert.deepEqual([kernel.defaults('eth2', 6), kernel.defaults('eth9', 4)], [[], []]);
});

test('changes of them are told where the main table is heeded, and nothing else of it', async () => {
  const told = new Transcript<string>();
  let tables: ReadonlySet<number> = new Set([1001]);
  const listener = {
    links: () => told.add('links'),
    policy: () => told.add('policy'),
    neighbourFailed: () => assert.fail(),
    overrun: () => assert.fail(),
  };
  kernel.watch(listener, () => tables);
  /** What was told before a change in the other table is. */
  const heard = async () => {
    const since = told.entries.length;
    ip('route add unreachable 198.19.9.9 table 1001', 'route del 198.19.9.9 table 1001');
    await told.until((what) => what === 'policy', { within, since });
    return told.entries.slice(since).filter((what) => what !== 'policy');
  };
  await until(() => kernel.links().every(({ name, running }) => running || name === 'lo'), within);
  await heard();
  ip('route add default via 198.18.1.1 metric 7', 'route add 198.19.7.0/24 via 198.18.1.1');
  assert.deepEqual(await heard(), []);
  tables = new Set([254, 1001]);
  ip('route add 198.19.8.0/24 via 198.18.1.1');
  assert.deepEqual(await heard(), []);
  for (const change of ['route del default via 198.18.1.1 metric 7', 'route del default via fe80::1']) {
    const since = told.entries.length;
    ip(change);
    await told.until((what) => what === 'links', { within, since });
  }
});
