import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnknownUplinkError } from '../../src/monitor/identify.ts';
import { NoPathError } from '../../src/monitor/member.ts';
import { ethernet, laboratory, lineOf, ppp } from './laboratory.ts';

describe('a survey of an uplink', () => {
  test('asks all its targets, although fewer are needed, and decides nothing', async () => {
    const { clock, start, world, dead, balancing } = laboratory();
    const monitor = start();
    clock.advance(100);
    const [before, sent] = [balancing(), world.sent.length];
    dead.add('eth2');
    const result = monitor.survey(lineOf(monitor, 'Cable'));
    clock.advance(1000);
    const { targets, needed } = await result;
    assert.equal(needed, 2);
    assert.deepEqual(
      targets.map((report) => 'failure' in report && report.failure),
      ['no reply', 'no reply', 'no reply'],
    );
    assert.equal(world.sent.length - sent, 3);
    assert.ok(lineOf(monitor, 'Cable').state.up);
    assert.equal(balancing(), before);
    assert.equal(world.open, 3, 'its socket is closed, those of the regular checks are not');
  });

  test('is shared by those who ask at once', async () => {
    const { clock, start, world } = laboratory();
    const monitor = start();
    clock.advance(100);
    const sent = world.sent.length;
    const results = [monitor.survey(lineOf(monitor, 'Cable')), monitor.survey(lineOf(monitor, 'eth2'))];
    clock.advance(1000);
    const [one, other] = await Promise.all(results);
    assert.equal(one, other);
    assert.equal(world.sent.length - sent, 3);
    const later = monitor.survey(lineOf(monitor, 'Cable'));
    clock.advance(1000);
    assert.notEqual(await later, one);
  });

  test('works on an uplink that is down but has a way out', async () => {
    const { clock, start, dead } = laboratory();
    const monitor = start();
    clock.advance(100);
    dead.add('eth2');
    clock.advance(11_000);
    assert.ok(!lineOf(monitor, 'Cable').state.up);
    dead.delete('eth2');
    const result = monitor.survey(lineOf(monitor, 'Cable'));
    clock.advance(10);
    assert.ok((await result).targets.every((report) => 'rtt' in report));
  });

  test('says why none can be made', async () => {
    const { start, kernel } = laboratory();
    const monitor = start();
    kernel.setLinks([{ ...ethernet('eth1', 1), running: false }, ethernet('eth2', 2), ppp()]);
    const message = 'no probe can leave: no carrier on eth1';
    await assert.rejects(monitor.survey(lineOf(monitor, 'Fibre')), (error) => {
      return error instanceof NoPathError && error.message === message;
    });
    assert.throws(() => monitor.find('Fiber'), UnknownUplinkError);
  });

  test('ends with the monitor', async () => {
    const { clock, start, world, dead } = laboratory();
    const monitor = start();
    clock.advance(100);
    dead.add('eth2');
    const result = monitor.survey(lineOf(monitor, 'Cable'));
    monitor.stop();
    assert.deepEqual((await result).targets[0], { target: '198.19.0.1', failure: 'given up' });
    assert.deepEqual([clock.pending, world.open], [0, 0]);
  });
});
