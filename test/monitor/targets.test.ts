import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Configuration } from '../../src/config/schema.ts';
import { linesOf, probePlan, type UplinkSettings } from '../../src/monitor/settings.ts';
import type { ProbePath } from '../../src/probe/path.ts';
import type { ProbePlan } from '../../src/probe/prober.ts';
import { targetName } from '../../src/probe/target.ts';
import { configuration, fibre, laboratory } from './laboratory.ts';

const url = 'https://connectivity.example.com/';

/** A configuration with a target of every kind, all of which are needed. */
function everyKind(resolvers?: string[]) {
  const plain = configuration();
  const targets = [
    { tcp: '198.19.0.1:443' },
    { dns: { server: '198.19.0.2', name: 'example.com', type: 'A' as const } },
    { http: { url, status: 204 } },
    { neighbour: 'gateway' as const },
  ];
  const tests = { ...plain.tests, targets, required_successful: 7, ...(resolvers && { resolvers }) };
  return { ...plain, tests };
}

function planOf(settings: Configuration, index: number): ProbePlan {
  return probePlan(settings.tests, linesOf(settings)[index] as UplinkSettings);
}

describe('the targets of an uplink', () => {
  test('are those that are pinged and the others', () => {
    const { targets, rules } = planOf(everyKind(), 0);
    assert.deepEqual(targets.slice(2), [
      { method: 'echo', address: '198.19.0.3' },
      { method: 'tcp', address: '198.19.0.1', port: 443 },
      { method: 'dns', server: '198.19.0.2', name: 'example.com', type: 'A' },
      { method: 'http', url, status: 204, resolvers: ['198.19.0.2'] },
      { method: 'neighbour' },
    ]);
    assert.equal(rules.needed, 7);
    assert.equal(new Set(targets.map(targetName)).size, 7);
  });

  test('do not include the neighbour of a link that has none', () => {
    const { targets, rules } = planOf(everyKind(), 2);
    assert.deepEqual(
      targets.map(({ method }) => method),
      ['echo', 'echo', 'echo', 'tcp', 'dns', 'http'],
    );
    assert.equal(rules.needed, 6);
  });

  test('have their names resolved by whom the file names', () => {
    const { targets } = planOf(everyKind(['198.19.0.9']), 0);
    assert.ok(targets.some((target) => target.method === 'http' && target.resolvers.join() === '198.19.0.9'));
  });

  test('are those of the family of its line', () => {
    const plain = configuration([{ ...fibre, ipv6: { ip: 'auto', gateway: 'auto', translate: 'none' } }]);
    const targets = [
      { tcp: '[2001:DB8::1]:443' },
      { dns: { server: '2001:db8::2', name: 'example.com', type: 'A' as const } },
      { http: { url } },
      { http: { url: 'http://[2001:db8::3]/' } },
      { neighbour: 'gateway' as const },
    ];
    const ips = [...plain.tests.ips, '2001:db8::9'];
    const settings = { ...plain, tests: { ...plain.tests, ips, targets, required_successful: 7 } };
    const [ipv4, ipv6] = [planOf(settings, 0), planOf(settings, 1)];
    assert.deepEqual(ipv4.targets.map(targetName), [...plain.tests.ips, 'gateway']);
    assert.deepEqual(ipv6.targets.map(targetName), [
      '2001:db8::9',
      'tcp [2001:db8::1]:443',
      'dns 2001:db8::2 example.com A',
      url,
      'http://[2001:db8::3]/',
      'gateway',
    ]);
    assert.equal(ipv6.rules.needed, 6, 'all, where there are fewer than are needed elsewhere');
  });

  test('are well-known ones where the file has none for IPv6', () => {
    const settings = configuration([{ ...fibre, ipv6: { ip: 'auto', gateway: 'auto', translate: 'none' } }]);
    const { targets, rules } = planOf(settings, 1);
    assert.deepEqual([targets.length, rules.needed], [6, 2]);
    assert.ok(targets.every((target) => target.method === 'echo' && target.address.includes(':')));
  });

  test('are asked along the path of their uplink, whose gateway it knows', () => {
    const { clock, start, world } = laboratory({ settings: everyKind() });
    const paths: ProbePath[] = [];
    world.outcome = ({ method }, path) => {
      if (method === 'neighbour') paths.push(path);
      return { rtt: 1 };
    };
    start();
    clock.advance(100);
    const gateways = new Set(paths.map(({ device, gateway }) => `${device} ${gateway}`));
    assert.deepEqual(gateways, new Set(['eth1 198.18.1.1', 'eth2 198.18.2.1']));
  });
});
