import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bySecond, count, settled, shares } from '../../demo/connections.ts';
import type { Exchange } from '../support/exchange.ts';

function answered(sequence: number, startedAt: number, via = '198.18.10.2'): Exchange {
  return { sequence, flow: 0, target: '198.19.0.1', startedAt, answeredAfter: 1, via };
}

function lost(sequence: number, startedAt: number): Exchange {
  return { sequence, flow: 0, target: '198.19.0.1', startedAt, lost: 'timeout' };
}

test('connections count by when they began, with the lost among them', () => {
  const exchanges = [answered(0, 100), lost(1, 200), answered(2, 300), lost(3, 400)];
  assert.deepEqual(count(exchanges), { all: 4, lost: 2 });
  assert.deepEqual(count(exchanges, 200, 400), { all: 2, lost: 1 });
});

test('all is settled when nothing that began before has no outcome yet', () => {
  const rest = [answered(0, 100), answered(2, 300), answered(3, 400)];
  assert.equal(settled(rest, 300), false, 'number 1 is still on its way');
  assert.equal(settled([...rest, lost(1, 200)], 300), true);
  assert.equal(
    settled([answered(0, 100), answered(1, 200)], 300),
    false,
    'nothing tells that these were all',
  );
});

test('shares are those of the answered connections of the last five seconds', () => {
  const exchanges = [
    answered(0, 1000, '198.18.11.2'),
    answered(1, 6000),
    answered(2, 6001),
    answered(3, 6002, '198.18.11.2'),
    answered(4, 6003, '198.18.99.9'),
    lost(5, 6004),
  ];
  const owners = new Map([
    ['198.18.10.2', 'eth1'],
    ['198.18.11.2', 'eth2'],
  ]);
  assert.deepEqual(
    shares(exchanges, owners, 6500),
    new Map([
      ['eth1', 0.5],
      ['eth2', 0.25],
      ['198.18.99.9', 0.25],
    ]),
  );
});

test('whole seconds, and only those in which something began', () => {
  const exchanges = [answered(0, 900), answered(1, 2100), lost(2, 2200), answered(3, 3500)];
  assert.deepEqual(bySecond(exchanges, 3600, 3), [
    { all: 2, lost: 1 },
    { all: 1, lost: 0 },
  ]);
});
