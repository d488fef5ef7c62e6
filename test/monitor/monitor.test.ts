import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KernelListener } from '../../src/kernel/kernel.ts';
import { formatRoute, type Route } from '../../src/network/route.ts';
import {
  allLinks,
  both,
  cable,
  cableAlone,
  configuration,
  ethernet,
  fibre,
  fibreAlone,
  laboratory,
  mobile,
  mobileAlone,
  ppp,
} from './laboratory.ts';

describe('the monitor', () => {
  test('has the best group in place before any test', () => {
    const { start, balancing, log, world } = laboratory();
    start();
    assert.equal(balancing(), both);
    assert.deepEqual(log, ['Monitor started, initial default route uplinks: Fibre, Cable']);
    assert.equal(world.sent.length, 0);
  });

  test('leaves a dead line, tells each uplink’s change, and comes back to it', () => {
    const { clock, start, balancing, log, dead } = laboratory();
    start();
    clock.advance(100);
    dead.add('eth2');
    clock.advance(11_000);
    assert.equal(balancing(), fibreAlone);
    dead.clear();
    clock.advance(10_000);
    assert.equal(balancing(), both);
    assert.deepEqual(log.slice(1), [
      'Uplink Cable is down: no reply from 3 of 3 targets for 1.0 s, 2 needed',
      'Uplink Fibre: ip 198.18.1.2, gateway 198.18.1.1, up, routing',
      'Uplink Cable: ip 198.18.2.2, gateway 198.18.2.1, up --> down, routing --> standby',
      'Uplink LTE: ip 198.18.3.2, gateway 198.18.3.1, up, standby',
      'Uplink Cable is up: 2 of 3 targets answer, 2 needed',
      'Uplink Fibre: ip 198.18.1.2, gateway 198.18.1.1, up, routing',
      'Uplink Cable: ip 198.18.2.2, gateway 198.18.2.1, down --> up, standby --> routing',
      'Uplink LTE: ip 198.18.3.2, gateway 198.18.3.1, up, standby',
    ]);
  });

  test('falls back to the next group, and keeps the last route when nothing works', () => {
    const { clock, start, balancing, dead } = laboratory();
    start();
    clock.advance(100);
    dead.add('eth1').add('eth2');
    clock.advance(11_000);
    assert.equal(balancing(), mobileAlone);
    dead.add('ppp0');
    clock.advance(11_000);
    assert.equal(balancing(), mobileAlone);
  });

  test('looks every second for the first line that works again', () => {
    const { clock, start, balancing, dead } = laboratory({ settings: configuration(undefined, 60) });
    for (const device of ['eth1', 'eth2', 'ppp0']) dead.add(device);
    start();
    clock.advance(5000);
    dead.delete('eth2');
    clock.advance(1010);
    assert.equal(balancing(), cableAlone);
  });

  test('changes the route once for lines that die together', () => {
    const { clock, start, kernel, dead } = laboratory();
    start();
    clock.advance(100);
    const changes: string[] = [];
    const replaceRoute = kernel.replaceRoute.bind(kernel);
    kernel.replaceRoute = (route) => {
      changes.push(formatRoute(route));
      replaceRoute(route);
    };
    dead.add('eth1').add('eth2');
    clock.advance(11_000);
    assert.deepEqual(changes, [mobileAlone]);
  });

  test('does not hurry for uplinks without a group', () => {
    const { priority_group: _, ...loner } = fibre;
    const { clock, start, world, dead } = laboratory({ settings: configuration([loner], 60) });
    start();
    clock.advance(100);
    dead.add('eth1');
    clock.advance(120_000);
    const before = world.sent.length;
    clock.advance(120_000);
    assert.equal(world.sent.length - before, 4);
  });

  test('leaves a link whose carrier is lost at once, and tests it at once when it is back', () => {
    const { clock, start, kernel, balancing, log } = laboratory();
    start();
    clock.advance(100);
    kernel.setLinks([{ ...ethernet('eth1', 1), running: false }, ethernet('eth2', 2), ppp()]);
    assert.equal(balancing(), cableAlone);
    kernel.setLinks(allLinks);
    assert.equal(balancing(), cableAlone);
    clock.advance(10);
    assert.equal(balancing(), both);
    assert.ok(log.includes('Uplink Fibre is down: no carrier on eth1'));
  });

  test('follows a PPP link to its new address and peer', () => {
    const { clock, start, kernel, balancing, log } = laboratory({ settings: configuration([mobile]) });
    start();
    clock.advance(100);
    kernel.setLinks([ppp('198.18.3.9')]);
    assert.equal(balancing(2), 'default via 198.18.3.9 dev ppp0 proto 70');
    assert.ok(log.includes('Uplink LTE: ip 198.18.3.2, gateway 198.18.3.1 --> 198.18.3.9, up, routing'));
  });

  test('follows the default route of a line with DHCP, and keeps to it while a renewal takes it away', () => {
    const leased = { ...mobile, interface: 'eth1', type: 'dhcp', description: 'Cable' } as const;
    const settings = { ...configuration([leased]), base_priority: 20_000 };
    const { clock, start, kernel, balancing, log } = laboratory({ settings });
    const route = (gateway: string): Route => ({
      family: 4,
      type: 'unicast',
      table: 254,
      metric: 100,
      nexthops: [{ gateway, device: 'eth1', weight: 1 }],
      protocol: 16,
    });
    kernel.replaceRoute(route('198.18.1.1'));
    start();
    clock.advance(100);
    assert.equal(balancing(2), fibreAlone);
    kernel.deleteRoute(route('198.18.1.1'));
    kernel.setLinks(allLinks);
    assert.equal(balancing(2), fibreAlone);
    kernel.replaceRoute(route('198.18.1.9'));
    kernel.setLinks(allLinks);
    assert.equal(balancing(2), 'default via 198.18.1.9 dev eth1 proto 70');
    assert.deepEqual(log, [
      'Monitor started, initial default route uplinks: Cable',
      'Uplink Cable: ip 198.18.1.2, gateway 198.18.1.1 --> 198.18.1.9, up, routing',
    ]);
  });

  test('starts with a PPP link absent, and takes it when it comes', () => {
    const { clock, start, kernel, balancing, log } = laboratory({
      links: [],
      settings: configuration([mobile]),
    });
    start();
    assert.deepEqual(log, [
      'Uplink LTE is down: there is no interface ppp0',
      'Uplink LTE: ip none, gateway none, up --> down, routing',
      'No uplink works',
      'Monitor started, initial default route uplinks: LTE',
    ]);
    clock.advance(5000);
    kernel.setLinks([ppp()]);
    clock.advance(10);
    assert.equal(balancing(2), mobileAlone);
  });

  test('changes nothing in the kernel when it is started again', () => {
    const { clock, start, kernel, balancing, dead } = laboratory();
    dead.add('eth1');
    const first = start();
    clock.advance(2000);
    assert.equal(balancing(), cableAlone);
    first.stop();
    const changes: string[] = [];
    const replaceRoute = kernel.replaceRoute.bind(kernel);
    kernel.replaceRoute = (route) => {
      changes.push(formatRoute(route));
      replaceRoute(route);
    };
    start();
    clock.advance(2000);
    assert.deepEqual(changes, []);
    dead.clear();
    clock.advance(10_000);
    assert.deepEqual(changes, [both, 'default via 198.18.1.1 dev eth1 proto 70 metric 1']);
  });

  test('leaves a line whose gateway has become silent without waiting for a test', () => {
    const { clock, start, balancing, log, kernel } = laboratory();
    const listeners: KernelListener[] = [];
    kernel.watch = (listener) => {
      listeners.push(listener);
    };
    start();
    clock.advance(100);
    listeners[0]?.neighbourFailed('eth1', '198.18.1.77');
    assert.equal(balancing(), both);
    listeners[0]?.neighbourFailed('eth1', '198.18.1.1');
    assert.equal(balancing(), cableAlone);
    assert.ok(log.includes('Uplink Fibre is down: the gateway 198.18.1.1 does not answer ARP'));
  });

  test('reads the interfaces again when they could not be read', () => {
    const { clock, start, kernel, balancing, log } = laboratory();
    start();
    clock.advance(100);
    const links = kernel.links.bind(kernel);
    kernel.links = () => {
      throw new Error('list links: the dump was interrupted each time');
    };
    kernel.setLinks([{ ...ethernet('eth1', 1), running: false }, ethernet('eth2', 2), ppp()]);
    assert.equal(balancing(), both);
    kernel.links = links;
    clock.advance(250);
    assert.equal(balancing(), cableAlone);
    assert.ok(
      log.includes(
        'The kernel could not be read, and is asked again: list links: the dump was interrupted each time',
      ),
    );
  });

  test('puts back what the kernel drops without a word when a link goes and comes back between two looks', () => {
    const { clock, start, kernel, balancing } = laboratory();
    start();
    clock.advance(100);
    for (const table of [1, 4]) for (const route of kernel.routes(table, 4)) kernel.deleteRoute(route);
    kernel.setLinks(allLinks);
    clock.advance(100);
    assert.equal(balancing(), both);
    assert.equal(kernel.routes(1, 4).length, 2);
  });

  test('does not blame an uplink for probes that went astray because somebody had taken its routes', () => {
    const { clock, start, kernel, balancing, dead } = laboratory();
    start();
    clock.advance(9_999);
    for (const table of [1, 2, 4]) for (const route of kernel.routes(table, 4)) kernel.deleteRoute(route);
    dead.add('eth1').add('eth2');
    clock.advance(10);
    kernel.setLinks(allLinks);
    dead.clear();
    clock.advance(1500);
    assert.equal(balancing(), both);
  });

  test('leaves nothing behind when stopped', () => {
    const { clock, start, world, balancing } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.stop();
    assert.equal(clock.pending, 0);
    assert.equal(world.open, 0);
    assert.equal(balancing(), both);
  });
});

describe('a reload', () => {
  test('leaves uplinks that stay the same their state and their probes', () => {
    const { clock, start, world, balancing, dead } = laboratory();
    const monitor = start();
    clock.advance(100);
    dead.add('eth2');
    clock.advance(11_000);
    const sent = world.sent.length;
    monitor.reload(configuration([fibre, cable]));
    assert.equal(balancing(3), fibreAlone);
    clock.advance(100);
    assert.equal(world.sent.length, sent);
    assert.equal(world.open, 2);
  });

  test('changes nothing when the interfaces cannot be read', () => {
    const { clock, start, kernel, balancing } = laboratory();
    const monitor = start();
    clock.advance(100);
    const links = kernel.links.bind(kernel);
    kernel.links = () => {
      throw new Error('list links: EBUSY');
    };
    assert.throws(() => monitor.reload(configuration([cable])), /EBUSY/);
    kernel.links = links;
    clock.advance(30_000);
    assert.equal(balancing(), both);
    monitor.reload(configuration([cable]));
    assert.equal(balancing(2), cableAlone);
  });

  test('gives a new uplink no connections before its first test', () => {
    const { clock, start, balancing } = laboratory({ settings: configuration([fibre]) });
    const monitor = start();
    clock.advance(100);
    monitor.reload(configuration([fibre, cable]));
    assert.equal(balancing(3), fibreAlone);
    clock.advance(10);
    assert.equal(balancing(3), both);
  });

  test('leaves an uplink that is only tested otherwise its state until then', () => {
    const { clock, start, world, balancing, dead, log } = laboratory();
    const monitor = start();
    clock.advance(100);
    dead.add('eth2');
    clock.advance(11_000);
    const before = log.length;
    monitor.reload(configuration(undefined, 20));
    assert.equal(balancing(), fibreAlone);
    clock.advance(2000);
    assert.deepEqual(log.slice(before), []);
    assert.equal(world.opened.length, 6);
  });

  test('tests an uplink anew that leads elsewhere now', () => {
    const { clock, start, world } = laboratory({ settings: configuration([fibre]) });
    const monitor = start();
    clock.advance(100);
    monitor.reload(configuration([{ ...fibre, gateway: '198.18.1.7' }]));
    clock.advance(10);
    assert.equal(world.opened.length, 2);
    assert.equal(world.open, 1);
  });

  test('puts new weights and groups in force at once', () => {
    const { clock, start, balancing } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.reload(configuration([{ ...fibre, weight: 1 }, cable, { ...mobile, priority_group: 0 }]));
    assert.equal(balancing(), mobileAlone);
  });

  test('leaves nothing of the old numbers', () => {
    const { clock, start, kernel } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.reload({ ...configuration([cable]), base_table: 100, base_priority: 50000, base_fwmark: 16 });
    const tables = [1, 2, 3, 4, 100, 101].map((table) => kernel.routes(table, 4).length);
    assert.deepEqual(tables, [0, 0, 0, 0, 2, 2]);
    assert.ok(kernel.rules().every(({ priority }) => priority >= 50000));
  });
});
