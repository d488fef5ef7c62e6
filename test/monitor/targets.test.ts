import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { probePlan } from '../../src/monitor/settings.ts';
import type { ProbePath } from '../../src/probe/path.ts';
import { targetName } from '../../src/probe/target.ts';
import { configuration, fibre, laboratory, mobile } from './laboratory.ts';

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

describe('the targets of an uplink', () => {
  test('are those that are pinged and the others', () => {
    const { targets, rules } = probePlan(everyKind().tests, fibre);
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
    const { targets, rules } = probePlan(everyKind().tests, mobile);
    assert.deepEqual(
      targets.map(({ method }) => method),
      ['echo', 'echo', 'echo', 'tcp', 'dns', 'http'],
    );
    assert.equal(rules.needed, 6);
  });

  test('have their names resolved by whom the file names', () => {
    const { targets } = probePlan(everyKind(['198.19.0.9']).tests, fibre);
    assert.ok(targets.some((target) => target.method === 'http' && target.resolvers.join() === '198.19.0.9'));
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
