import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { balance } from '../../src/check/balance.ts';
import { balanceText } from '../../src/check/balance-text.ts';
import { hasHosts, randomConnections } from '../../src/check/random-connections.ts';
import type { Kernel, Packet } from '../../src/kernel/kernel.ts';
import { readOnly } from '../../src/kernel/read-only.ts';
import { addressBytes, addressText, type Family } from '../../src/network/address.ts';
import { bits, contains } from '../../src/network/prefix.ts';
import { allLinks, cable, configuration, fibre, laboratory } from '../monitor/laboratory.ts';

const families = fc.constantFrom<Family>(4, 6);

test('connections come from hosts of the network, and go to others, the same for the same seed', () => {
  const networks = families.chain((family) =>
    fc.record({
      address: fc.uint8Array({ minLength: bits(family) / 8, maxLength: bits(family) / 8 }).map(addressText),
      length: fc.integer({ min: 8, max: bits(family) - 2 }),
    }),
  );
  fc.assert(
    fc.property(networks, fc.nat(0xffff_ffff), (prefix, seed) => {
      const family = prefix.address.includes(':') ? 6 : 4;
      const connections = randomConnections(family, { interface: 'lan0', prefix }, 5, seed);
      assert.deepEqual(randomConnections(family, { interface: 'lan0', prefix }, 5, seed), connections);
      for (const { source = '', destination, iif, sport = 0 } of connections) {
        assert.ok(contains(prefix, source) && source !== prefix.address, source);
        assert.equal(addressBytes(destination).length * 8, bits(family));
        assert.ok(iif === 'lan0' && sport > 49_151 && sport < 65_536);
      }
    }),
  );
  assert.equal(hasHosts({ address: '198.18.0.1', length: 30 }), true);
  assert.equal(hasHosts({ address: '198.18.0.1', length: 31 }), false);
  const [own] = randomConnections(4, undefined, 1, 1);
  assert.deepEqual([own?.source, own?.iif], [undefined, undefined]);
});

/** A kernel with the routes of two uplinks, where this decides about each connection. */
function site(way: (packet: Packet, kernel: Kernel) => ReturnType<Kernel['route']>): Kernel {
  const { kernel, start } = laboratory({ settings: configuration([fibre, cable]), links: allLinks });
  start().stop();
  return { ...readOnly(kernel), route: (packet) => way(packet, kernel), sysctl: () => '1' };
}

describe('the balance', () => {
  const fourth = ({ sport = 0 }: Packet) => sport % 4 === 0;
  const over = (kernel: Kernel, device: string, table = 3) => ({
    ...kernel.routes(3, 4)[0]!,
    table,
    nexthops: [{ device, weight: 1 }],
  });

  test('counts what the kernel says beside the weights', () => {
    const kernel = site((packet, own) => over(own, fourth(packet) ? 'eth2' : 'eth1'));
    const answer = balance(kernel, 3, undefined, 400);
    const [one] = answer.families;
    assert.deepEqual([one?.by, one?.elsewhere, one?.refused], ['connection', 0, 0]);
    const [first, second] = (one?.uplinks ?? []).map(({ connections }) => connections);
    assert.ok(first !== undefined && second !== undefined && first + second === 400);
    assert.ok(second > 50 && second < 150, `${second}`);
    const text = balanceText(answer, configuration([fibre, cable]).uplinks);
    assert.deepEqual(text.slice(0, 2), [
      '400 IPv4 connections from this host; each for itself.',
      'UPLINK  INTERFACE  WEIGHT  EXPECTED  CONNECTIONS  SHARE',
    ]);
    assert.match(text[2] ?? '', /^Fibre {3}eth1 {7}3 {7}75 % {6}\d{3} {10}\d\d %$/);
  });

  test('tells apart what goes other ways, and what is refused', () => {
    const kernel = site((packet, own) => {
      if (fourth(packet)) throw Object.assign(new Error('no'), { code: 'EHOSTUNREACH' });
      return over(own, 'eth1', 9);
    });
    const answer = balance(kernel, 3, undefined, 40);
    const [one] = answer.families;
    assert.ok(one !== undefined && one.refused > 0 && one.elsewhere + one.refused === 40);
    assert.deepEqual(balanceText(answer, []).slice(-2), [
      `${one.elsewhere} go other ways: by a policy, or by a rule or route of somebody else.`,
      `${one.refused} are refused.`,
    ]);
  });

  test('is told of no family without a balancing route', () => {
    assert.deepEqual(
      balance(
        site((_, own) => over(own, 'eth1')),
        77,
        undefined,
        1,
      ).families,
      [],
    );
  });
});
