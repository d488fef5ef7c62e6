import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Link } from '../../src/network/link.ts';
import { formatRoute } from '../../src/network/route.ts';
import { configuration, ethernet, fibre, cable, fibreAlone, laboratory, both } from './laboratory.ts';

const dual = (name: string, index: number): Link => {
  const { addresses, ...link } = ethernet(name, index);
  return { ...link, addresses: [...addresses, { address: `2001:db8:${index}::2`, prefixLength: 64 }] };
};

const ipv6 = { ip: 'auto', gateway: 'fe80::1', translate: 'none' } as const;

function twoFamilies() {
  const plain = configuration([
    { ...fibre, ipv6 },
    { ...cable, ipv6 },
  ]);
  const ips = [...plain.tests.ips, '2001:db8:ffff::1', '2001:db8:ffff::2', '2001:db8:ffff::3'];
  const settings = { ...plain, tests: { ...plain.tests, ips } };
  const all = laboratory({ links: [dual('eth1', 1), dual('eth2', 2)], settings });
  const balancing6 = () =>
    all.kernel
      .routes(3, 6)
      .filter(({ metric }) => metric === 1024)
      .map(formatRoute)
      .join();
  return { ...all, settings, balancing6, balancing4: () => all.balancing(3) };
}

const both6 =
  'default proto 70 metric 1024 nexthop via fe80::1 dev eth1 weight 3 nexthop via fe80::1 dev eth2 weight 1';

describe('an uplink with two families', () => {
  test('may be up for one of them and down for the other', () => {
    const { clock, world, start, balancing4, balancing6, log } = twoFamilies();
    const dead = new Set<string>();
    world.world = ({ target }, { device }) =>
      dead.has(`${device} ${target.includes(':') ? 6 : 4}`) ? 'lost' : 5;
    const monitor = start();
    clock.advance(1000);
    assert.deepEqual([balancing4(), balancing6()], [both, both6]);

    dead.add('eth2 6');
    clock.advance(20_000);
    assert.deepEqual(
      [balancing4(), balancing6()],
      [both, 'default via fe80::1 dev eth1 proto 70 metric 1024'],
    );
    assert.ok(log.some((text) => text.startsWith('Uplink Cable IPv6 is down: no reply from')));
    assert.deepEqual(
      monitor.uplinks().map(({ member: { title, state } }) => [title.description, title.family, state.up]),
      [
        ['Fibre', 4, true],
        ['Fibre IPv6', 6, true],
        ['Cable', 4, true],
        ['Cable IPv6', 6, false],
      ],
    );

    dead.clear();
    dead.add('eth2 4');
    clock.advance(20_000);
    assert.deepEqual([balancing4(), balancing6()], [fibreAlone, both6]);
  });

  test('is forced in both, or in the one that is named', () => {
    const { clock, start, balancing4, balancing6 } = twoFamilies();
    const monitor = start();
    clock.advance(1000);
    monitor.override('Cable', { kind: 'down' });
    assert.deepEqual([balancing4(), balancing6().includes('eth2')], [fibreAlone, false]);
    monitor.override('eth2 IPv4', undefined);
    assert.deepEqual([balancing4(), balancing6().includes('eth2')], [both, false]);
  });

  test('is remembered for each of them', () => {
    const { clock, world, start, balancing4, balancing6 } = twoFamilies();
    world.world = ({ target }, { device }) => (device === 'eth2' && target.includes(':') ? 'lost' : 5);
    const before = start();
    clock.advance(20_000);
    before.stop();
    world.world = () => 'lost';
    start();
    assert.deepEqual([balancing4(), balancing6().includes('eth2')], [both, false]);
  });

  test('leaves nothing behind when the configuration drops IPv6', () => {
    const { clock, kernel, settings, start } = twoFamilies();
    const monitor = start();
    clock.advance(1000);
    const { ipv6: _, ...first } = settings.uplinks[0]!;
    const { ipv6: __, ...second } = settings.uplinks[1]!;
    monitor.reload({ ...settings, uplinks: [first, second] as typeof settings.uplinks });
    assert.deepEqual(
      [1, 2, 3].flatMap((table) => kernel.routes(table, 6)),
      [],
    );
    assert.ok(kernel.rules().every(({ family }) => family === 4));
  });
});
