import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatRoute } from '../../src/network/route.ts';
import { cable, configuration, fibre, laboratory, mobile } from './laboratory.ts';

/** A laboratory in which all that the kernel's balancing routes are changed to is written down. */
function watched(interval = 1, needed = 2) {
  const plain = configuration([fibre, cable, mobile], interval);
  const settings = { ...plain, tests: { ...plain.tests, required_successful: needed } };
  const lab = laboratory({ settings });
  const monitor = lab.start();
  lab.clock.advance(5000);
  const changes: string[] = [];
  const replaceRoute = lab.kernel.replaceRoute.bind(lab.kernel);
  lab.kernel.replaceRoute = (route) => {
    if (route.table === 4 && route.metric === 0) changes.push(formatRoute(route));
    replaceRoute(route);
  };
  return { ...lab, monitor, changes };
}

describe('a target that answers on no uplink', () => {
  test('is set aside and reported, and no uplink is blamed although it is needed', () => {
    const { clock, world, changes, log } = watched(1, 3);
    world.world = ({ target }) => (target === '198.19.0.2' ? 'lost' : 5);
    clock.advance(30_000);
    assert.deepEqual(changes, []);
    assert.deepEqual(log.slice(1), ['Target 198.19.0.2 answers on no uplink: it is set aside']);
  });

  test('counts again when it answers', () => {
    const { clock, world, log, dead } = watched(1, 3);
    world.world = ({ target }) => (target === '198.19.0.2' ? 'lost' : 5);
    clock.advance(30_000);
    world.world = (_, { device }) => (dead.has(device) ? 'lost' : 5);
    clock.advance(30_000);
    assert.equal(log.at(-1), 'Target 198.19.0.2 answers again');
  });

  test('is told from an uplink that does not reach it', () => {
    const { clock, world, changes } = watched(1, 3);
    world.world = ({ target }, { device }) => (target === '198.19.0.2' && device === 'eth1' ? 'lost' : 5);
    clock.advance(10_000);
    assert.deepEqual(changes, ['default via 198.18.2.1 dev eth2 proto 70']);
  });
});

describe('when all uplinks fail', () => {
  test('at the same moment, nothing moves, and it is said', () => {
    const { clock, dead, changes, log } = watched();
    for (const device of ['eth1', 'eth2', 'ppp0']) dead.add(device);
    clock.advance(30_000);
    assert.deepEqual(changes, []);
    assert.ok(log.includes('No uplink works'), log.join('\n'));
  });

  test('and work again, nothing has moved', () => {
    const { clock, dead, changes } = watched();
    for (const device of ['eth1', 'eth2', 'ppp0']) dead.add(device);
    clock.advance(30_000);
    dead.clear();
    clock.advance(3000);
    assert.ok(changes.length <= 2, changes.join('\n'));
  });
});

describe('when one uplink is dead', () => {
  test('and another has lost a single packet, the first is left at once', () => {
    const { clock, world, dead, balancing } = watched();
    let once = true;
    world.world = (_, { device }) => {
      if (device === 'eth2' && once) {
        once = false;
        return 'lost';
      }
      return dead.has(device) ? 'lost' : 5;
    };
    dead.add('eth1');
    clock.advance(1200);
    assert.equal(balancing(), 'default via 198.18.2.1 dev eth2 proto 70');
  });
});
