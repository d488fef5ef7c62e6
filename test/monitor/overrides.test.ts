import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnknownUplinkError } from '../../src/monitor/identify.ts';
import type { OverrideStore } from '../../src/monitor/overrides.ts';
import type { Override } from '../../src/uplink/override.ts';
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
  mobileAlone,
  ppp,
  lineOf,
} from './laboratory.ts';

/** A store in memory. */
function memory(kept: Iterable<readonly [string, Override]> = []): OverrideStore & { kept: unknown } {
  const store = {
    kept: [...kept],
    load: () => new Map(store.kept),
    save: (overrides: ReadonlyMap<string, Override>) => void (store.kept = [...overrides]),
  };
  return store;
}

const reserves = (kernel: ReturnType<typeof laboratory>['kernel']) =>
  kernel
    .routes(4, 4)
    .filter(({ metric }) => metric > 0)
    .toSorted((a, b) => a.metric - b.metric)
    .map(({ metric, nexthops: [hop] }) => `${metric} ${hop?.device}`);

describe('an uplink that is forced down', () => {
  test('carries nothing, would not take over, and comes back when its tests decide again', () => {
    const { clock, start, balancing, kernel, log } = laboratory();
    const monitor = start();
    clock.advance(100);
    log.length = 0;
    monitor.override('Cable', { kind: 'down' });
    assert.equal(balancing(), fibreAlone);
    assert.deepEqual(reserves(kernel), ['1 eth1', '3 ppp0']);
    assert.equal(kernel.routes(2, 4).length, 2, 'its own routes stay: connections that it carries go on');
    monitor.override('eth2', undefined);
    assert.equal(balancing(), both);
    assert.deepEqual(
      log.filter((line) => line.startsWith('Uplink Cable')),
      [
        'Uplink Cable is forced down by the administrator',
        'Uplink Cable: ip 198.18.2.2, gateway 198.18.2.1, up, not overridden --> forced down, routing --> standby',
        'Uplink Cable is judged by its tests again, no more forced down',
        'Uplink Cable: ip 198.18.2.2, gateway 198.18.2.1, up, forced down --> not overridden, standby --> routing',
      ],
    );
  });

  test('is no last resort either, and goes on being tested', () => {
    const { clock, start, balancing, dead } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.override('Cable', { kind: 'down' });
    monitor.override('LTE', { kind: 'down' });
    dead.add('eth1').add('eth2');
    clock.advance(11_000);
    assert.equal(balancing(), fibreAlone);
    assert.equal(lineOf(monitor, 'Cable').state.up, false);
    dead.delete('eth2');
    clock.advance(11_000);
    assert.equal(lineOf(monitor, 'Cable').state.up, true);
    assert.equal(balancing(), fibreAlone);
    monitor.override('Fibre', { kind: 'down' });
    assert.equal(balancing(), '', 'the administrator wants none');
  });
});

describe('an uplink that is forced up', () => {
  test('carries connections although its tests fail, but not without a link', () => {
    const { clock, start, balancing, dead, kernel } = laboratory();
    const monitor = start();
    clock.advance(100);
    dead.add('eth2');
    clock.advance(11_000);
    assert.equal(balancing(), fibreAlone);
    monitor.override('Cable', { kind: 'up' });
    assert.equal(balancing(), both);
    clock.advance(20_000);
    assert.equal(balancing(), both);
    kernel.setLinks([ethernet('eth1', 1), { ...ethernet('eth2', 2), running: false }, ppp()]);
    assert.equal(balancing(), fibreAlone);
    kernel.setLinks(allLinks);
    assert.equal(balancing(), both);
    monitor.override('Cable', undefined);
    assert.equal(balancing(), fibreAlone);
  });
});

describe('a drained uplink', () => {
  test('gets no new connections while another works, of a worse group too, and all when none does', () => {
    const { clock, start, balancing, dead, kernel } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.override('Cable', { kind: 'drained' });
    assert.equal(balancing(), fibreAlone);
    assert.deepEqual(reserves(kernel), ['1 eth1', '3 ppp0', '5 eth2']);
    dead.add('eth1');
    clock.advance(11_000);
    assert.equal(balancing(), mobileAlone);
    dead.add('ppp0');
    clock.advance(11_000);
    assert.equal(balancing(), cableAlone);
    dead.delete('ppp0');
    clock.advance(11_000);
    assert.equal(balancing(), mobileAlone);
  });

  test('comes back by itself when its time is over', () => {
    const { clock, start, balancing, log } = laboratory();
    const monitor = start();
    clock.advance(100);
    monitor.override('Cable', { kind: 'drained', until: clock.now() + 600_000 });
    clock.advance(599_999);
    assert.equal(balancing(), fibreAlone);
    clock.advance(1);
    assert.equal(balancing(), both);
    assert.ok(log.includes('Uplink Cable is drained by the administrator for 10m 0s'));
    assert.ok(log.includes('Uplink Cable is judged by its tests again, no more drained'));
  });

  test('stays so when it is drained for longer', () => {
    const { clock, start, balancing } = laboratory();
    const monitor = start();
    monitor.override('Cable', { kind: 'drained', until: 1000 });
    monitor.override('Cable', { kind: 'drained', until: 5000 });
    clock.advance(4999);
    assert.equal(balancing(), fibreAlone);
    clock.advance(1);
    assert.equal(balancing(), both);
    assert.equal(monitor.uplinks().filter(({ override }) => override !== undefined).length, 0);
  });
});

describe('overrides', () => {
  test('live through a reload, and go with their uplink', () => {
    const overrides = memory();
    const { start, balancing } = laboratory({ overrides });
    const monitor = start();
    monitor.override('Cable', { kind: 'down' });
    monitor.override('LTE', { kind: 'drained' });
    monitor.reload(configuration([fibre, { ...cable, description: 'Coax', weight: 9 }]));
    assert.equal(balancing(3), fibreAlone);
    assert.deepEqual(overrides.kept, [['eth2', { kind: 'down' }]]);
    monitor.override('Coax', undefined);
    assert.deepEqual(overrides.kept, []);
  });

  test('live through a restart, which changes nothing in the kernel and is no news', () => {
    const overrides = memory();
    const { clock, start, balancing, kernel, log } = laboratory({ overrides });
    const first = start();
    clock.advance(100);
    first.override('Cable', { kind: 'down' });
    first.override('LTE', { kind: 'drained', until: 20_000 });
    first.stop();
    log.length = 0;
    const changed: unknown[] = [];
    const [replaceRoute, deleteRoute] = [kernel.replaceRoute.bind(kernel), kernel.deleteRoute.bind(kernel)];
    kernel.replaceRoute = (route) => changed.push(route);
    kernel.deleteRoute = (route) => void changed.push(route);
    const second = start();
    clock.advance(5000);
    assert.deepEqual(changed, []);
    assert.deepEqual(log, ['Monitor started, initial default route uplinks: Fibre']);
    Object.assign(kernel, { replaceRoute, deleteRoute });
    second.override('Cable', undefined);
    assert.equal(balancing(), both);
    clock.advance(15_000);
    assert.ok(second.uplinks().every(({ override }) => override === undefined));
  });

  test('that are over, or of uplinks that are gone, do not come back at a start', () => {
    const overrides = memory([
      ['eth1', { kind: 'drained', until: 0 }],
      ['eth9', { kind: 'down' }],
    ]);
    const { start, balancing } = laboratory({ overrides });
    start();
    assert.equal(balancing(), both);
  });

  test('that cannot be read or kept are a warning and nothing else', () => {
    const broken = () => {
      throw new Error('ENOSPC: no space left on device');
    };
    const { start, balancing, log } = laboratory({ overrides: { load: broken, save: broken } });
    start().override('Cable', { kind: 'down' });
    assert.equal(balancing(), fibreAlone);
    const warning = 'Overrides could not be read or kept: ENOSPC: no space left on device';
    assert.deepEqual(
      log.filter((line) => line.startsWith('Overrides')),
      [warning, warning],
    );
  });

  test('leave no timer behind', () => {
    const { clock, start } = laboratory();
    const monitor = start();
    monitor.override('Cable', { kind: 'drained', until: 600_000 });
    clock.advance(100);
    monitor.stop();
    assert.equal(clock.pending, 0);
  });

  test('are for uplinks that there are', () => {
    const { start } = laboratory();
    assert.throws(() => start().override('Cabel', { kind: 'down' }), UnknownUplinkError);
  });
});
